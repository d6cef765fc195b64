"""`python -m tests.end_with_parent MODULE`: runs it while stdin is open.

The parent holds the other end of stdin; when it dies, however it dies, the
pipe closes and the module gets SIGTERM.
"""

import os
import runpy
import signal
import sys
import threading


def _terminate_at_eof() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_terminate_at_eof, daemon=True).start()
    module = sys.argv[1]
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
