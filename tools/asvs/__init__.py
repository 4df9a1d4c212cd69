"""The scoreboard: what of ASVS 5.0 is proved, and by which tests."""
