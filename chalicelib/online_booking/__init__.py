"""Online booking: the practice's page for whoever wants a visit, from free starts to booked."""
