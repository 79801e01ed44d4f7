from api.plugin import Plugin, method


class Api(Plugin):
    @method
    def add_count(self, by: int = 1) -> int:
        """Add to this visitor's counter and return it."""
        self.data["count"] = self.data.get("count", 0) + by
        return self.data["count"]
