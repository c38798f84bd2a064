"""A simulated year of a ten-provider practice, against a plain oracle.

What happens is drawn by one seed (`plan`), done by use cases and by consumers off their events, which
come late, twice and in any order (`driver`), and compared with what a list of visits says (`oracle`).
HTTP and SQS have their own tests. Of the table only the audit and events that were carried are put
away: every operation names its keys, so what else lies there changes no count (`counts` measures it).
"""
