// A plugin of OpenCode: appends events to the spool that HIVE_SPOOL names, as hook.sh does. It fails in silence.
import { appendFileSync, renameSync, statSync } from "node:fs"

const WANTED = /^(session\.(created|updated|status|idle|error)|permission\.(asked|replied)|question\.(asked|replied|rejected))$/

export const Hive = async () => ({
  event: async ({ event }) => {
    try {
      const { HIVE_SPOOL: spool, HIVE_TOKEN: token } = process.env
      if (!spool || !WANTED.test(event.type)) return
      const size = statSync(spool, { throwIfNoEntry: false })?.size ?? 0
      if (size > 16000000) renameSync(spool, spool + ".old")
      const payload = Buffer.from(JSON.stringify(event)).subarray(0, 1048576)
      const head = Buffer.from(`\x1e${token} ${event.type} `)
      appendFileSync(spool, Buffer.concat([head, payload, Buffer.from("\n")]), { mode: 0o600 })
    } catch {}
  },
})
