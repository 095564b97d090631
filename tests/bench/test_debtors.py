"""Customers that are like one of the simulator's."""

from bench.debtors import like, said_of


def test_a_customer_has_ids_and_an_address_of_its_own_and_everything_else_of_its_model() -> None:
    told = said_of("-n7", b'{"id":"in_1aB","customer":"cus_9","email":"a@b.example","number":"F 1"}')
    assert told == (b'{"id":"in_1aB-n7","customer":"cus_9-n7","email":"a@n7.b.example","number":"F 1"}')
    assert like("cus_9", 7) == "cus_9-n7"
