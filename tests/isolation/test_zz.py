import time
from tests.isolation.cases import called, send
from chalicelib.identity.permissions import PERMISSIONS_OF
def test_x(clinics):
    n=0
    t=time.process_time()
    for e in called():
        for role in ["", *PERMISSIONS_OF]:
            may = e.public if role=="" else e.permission in PERMISSIONS_OF[role]
            with clinics.undone():
                ans = send(clinics.a, role, e, clinics.a.ids)
            n+=1
            want = e.status if may or e.public else 401 if role=="" else 403
            if ans.status != want: print(e.name, role, ans.status, ans.text[:300])
    print(n, time.process_time()-t)
