"""Keeps runs: one folder a run, a hash chain over all of them, a log of who did what.

A store is a folder::

    store/
      catalogue.sqlite        which runs there are (stdlib SQLite), their order and hashes
      log.jsonl               hash-chained log: who ran, exported, waived, saw values, re-identified
      waivers.jsonl           hash-chained ledger of proposed and approved waivers
      runs/<id>/run.json      the header of a run (model.Run), canonical JSON
      runs/<id>/findings/part-<chunk>.parquet
      runs/<id>/inventory/part-<chunk>.parquet
      runs/<id>/parts/<chunk>.json       the record of a part, written last: a part without one is no part

Folders are 0700 and files 0600; every file is written beside its place, flushed to disk and renamed.
`auditor.store.folder.open_store` is the way in.
"""
