"""The class run: one command grades all submissions of an assignment, on all cores or a cluster.

``command.py`` is the command, ``coordinator.py`` the run, ``ledger.py`` what was graded already,
``engines.py`` where submissions are executed.
"""

import sys

# If this package is there, importing jsonschema compiles a grammar of web addresses, for seconds,
# in the coordinator and in each worker. jsonschema does without it, and no address is checked here.
sys.modules.setdefault("rfc3987_syntax", None)
