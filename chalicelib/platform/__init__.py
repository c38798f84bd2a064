"""What knows nothing of clinics.

botocore takes urllib3's bridge to pyOpenSSL where that is installed, which passkeys need: 50 ms of
every cold start for nothing. A module that is None here cannot be imported, so it uses `ssl`.
"""

import sys

sys.modules.setdefault("urllib3.contrib.pyopenssl", None)  # type: ignore[arg-type]
