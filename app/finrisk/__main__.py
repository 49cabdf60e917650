"""``python -m finrisk``."""

import os
import signal

if os.getpid() == 1:  # in a container: there the kernel drops a SIGTERM that nobody handles yet
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))

from finrisk.cli import main

main()
