"""``python -m tuco_mock.cli``."""

from tuco_mock.cli import main

if __name__ == "__main__":
    main(prog_name="tuco-mock")
