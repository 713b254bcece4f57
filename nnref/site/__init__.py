"""What turns the pages into the site: Markdown extensions, figures and build hooks.

Needs the `docs` extra. Nothing in the numeric modules imports it.
"""
