"""Commands that measure and calibrate what ships."""
