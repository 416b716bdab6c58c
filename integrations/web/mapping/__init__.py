"""The mapping of one entity, part by part: who reads it, who changes it, and what was changed.

parts     which parts there are, and their words
asked     what the address asks for: part, words, filter, page
form      what was posted: texts, what they mean, what is wrong with them
table     the rows of a part: where each points, what it cost, what the names suggest
lists     targets to choose from, listed or searched
history   versions and what each changed
page      what the template reads
views     the doors
"""

from integrations.web.mapping.views import first_mapping, mapping, revert, targets

__all__ = ["first_mapping", "mapping", "revert", "targets"]
