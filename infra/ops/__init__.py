"""Commands for the vendor's operations people: `python -m infra.ops COMMAND …`."""
