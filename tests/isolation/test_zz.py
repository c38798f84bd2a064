import time
def test_x(clinics):
    print(len(clinics.a.rows()), len(clinics.b.rows()))
    print(clinics.a.ids)
    from collections import Counter
    print(Counter(i["kind"]["S"] for i in clinics.world.items()))
    t=time.time()
    for _ in range(50): clinics.a.call("nurse","GET",f"/v1/patients/{clinics.a.ids['patient_id']}")
    print((time.time()-t)/50)
    t=time.time()
    for _ in range(50): clinics.a.call("nurse","GET",f"/v1/claims?status=paid")
    print((time.time()-t)/50)
