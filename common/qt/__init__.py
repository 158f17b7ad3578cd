"""Views of the pure things in Qt Widgets, painted by ourselves: one look for the kiosk and the desktop."""
