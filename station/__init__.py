"""One kiosk at one workplace; works with the cable out."""
