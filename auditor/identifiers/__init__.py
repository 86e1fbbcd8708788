"""What a person is recognised by: masking, text detectors, identity learnt from a file or a roster. No DICOM here."""
