"""`python generate_ws_handler.py NAME PKG_ID`; see docs/generator.md."""

import sys

from scripts.generator.command_line import main

if __name__ == "__main__":
    sys.exit(main())
