"""Events that people author at the hub: holds, releases, settlements, orders, calls, people."""
