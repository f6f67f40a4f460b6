from hypothesis import settings

settings.register_profile("byline", deadline=None)
settings.load_profile("byline")
