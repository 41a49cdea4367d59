"""`monitor` and `python -m monitor` → the command line."""

import sys


def main() -> None:
    """Load the command line and run it; Ctrl-C meanwhile ends it as quietly as later."""
    try:
        # Not at the top: the workers that read pages start from this module too, and need none of it.
        from monitor.cli import main as run  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
