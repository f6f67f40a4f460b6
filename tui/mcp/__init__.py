"""The articles as tools and resources of the Model Context Protocol."""
