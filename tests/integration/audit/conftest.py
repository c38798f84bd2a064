from tests.builders.audit import watched

__all__ = ["watched"]
