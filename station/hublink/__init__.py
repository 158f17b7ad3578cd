"""Everything that talks to the hub: enrolment, addresses, HTTP, sync."""
