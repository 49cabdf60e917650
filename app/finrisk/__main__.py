"""``python -m finrisk``."""

import os
import signal

if os.getpid() == 1:  # in a container: there the kernel drops a SIGTERM that nobody handles
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
if signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ()):  # by the image, until here
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

from finrisk.cli import main

main()
