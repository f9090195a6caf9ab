"""fail_allocations.py PROGRAM ARGUMENT..: runs it with its n-th allocation failing, for n from 0 until none fails.

Each time it says what is missing and ends with status 1; it is killed by nothing and leaves no file half written.
"""

import os
import subprocess
import sys

count = 0
while True:
    process = subprocess.run(
        sys.argv[1:], env={**os.environ, "FAIL_AT": str(count)}, capture_output=True, text=True, check=False
    )
    if "an allocation fails" not in process.stderr:
        break
    message = process.stderr.replace("an allocation fails\n", "")
    if process.returncode != 1 or "out of memory" not in message:
        sys.exit(f"with allocation {count} failing: status {process.returncode}: {message}")
    count += 1
if process.returncode != 0:
    sys.exit(process.stderr)
print(f"{count} allocations failed, one after the other")
