"""Facts x rules -> findings. Knows no DICOM, no TLS, no logs, and none of the rooms.

* `load.load_rules(folders, catalogues, frameworks)` reads `rules/<room>/*.yaml`, strictly;
* `frameworks.load_frameworks(folder)` reads the requirements that rules cite;
* `profiles.load_profiles(folder)` and `profiles.select(...)` decide which rules are on, and why;
* `judge.Judge(selection, catalogue, now, protector)` judges the facts of one subject after another;
* `waivers.load_waivers(path, ...)` reads what a site decided to live with, until a date;
* `selftest`, `lint`, `schema` and `author` serve those who write rules.

Every answer is three-valued: a fact that could not be found out makes a rule *not evaluated*, never passed.
"""
