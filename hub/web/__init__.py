"""HTTP: the stations' API over TLS, the administrator's API beside it, and the pages for people."""
