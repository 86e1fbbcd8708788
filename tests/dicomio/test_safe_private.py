from auditor.dicomio import all_safe_private, is_safe_private, private_path, safe_private


def test_the_table_has_every_row_of_the_standard():
    rows = all_safe_private()
    assert len(rows) == 479
    assert len({row.creator for row in rows}) == 20


def test_an_attribute_is_safe_in_whichever_block_it_stands():
    assert is_safe_private("SIEMENS MR HEADER", 0x0019100C)
    assert is_safe_private("SIEMENS MR HEADER ", 0x0019E10C)
    assert is_safe_private("PHILIPS MR IMAGING DD 001", 0x2005100E)
    assert safe_private("ELSCINT1", 0x00E11021).tag == 0x00E11021


def test_the_same_element_of_another_creator_or_group_is_not():
    assert not is_safe_private("SIEMENS MR HEADER", 0x0021100C)
    assert not is_safe_private("SIEMENS CSA HEADER", 0x0019100C)
    assert not is_safe_private("SIEMENS MR HEADER", 0x00190010)
    assert not is_safe_private("", 0x0019100C)


def test_a_private_path_does_not_depend_on_the_block():
    assert private_path(0x0019110C, "SIEMENS MR HEADER") == "(0019,xx0C SIEMENS MR HEADER)"
    assert private_path(0x00100010, "") == "(0010,0010)"
    assert private_path(0x00190010, "") == "(0019,0010)"
