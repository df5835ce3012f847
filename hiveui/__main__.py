"""`python -m hiveui` and the commands `hive` and `hiveui`."""


def main() -> None:
    """Run the command line."""
    from hiveui.cli.main import run  # noqa: PLC0415  the import is the cost of the command, not of the module

    run()


if __name__ == "__main__":
    main()
