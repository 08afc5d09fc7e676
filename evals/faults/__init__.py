"""Faults on purpose: processes killed, connections cut, full disks, a broken LLM, two runs at once.

The command line is driven from outside, as cron or a person does it, and what is left in the database is compared with
that of an undisturbed run. Nothing here knows the product's own code for its database: it would hide its mistakes.
"""
