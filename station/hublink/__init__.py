"""Hub link: enrolment, addresses, HTTP, sync."""
