"""Fields that nobody declared: what their name or the form of their value says of what they hold."""

from __future__ import annotations

import re

from tagger.redaction.known_names import is_whole_name
from tagger.redaction.wording import words

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WHOLE = {
    "name": "NAME",
    "fullname": "NAME",
    "displayname": "NAME",
    "surname": "NAME",
    "forename": "NAME",
    "nickname": "NAME",
    "firstname": "NAME",
    "lastname": "NAME",
    "middlename": "NAME",
    "maidenname": "NAME",
    "agent": "NAME",
    "agentname": "NAME",
    "customername": "NAME",
    "mothersmaidenname": "SECRET",
    "mailto": "EMAIL",
    "phonenumber": "PHONE",
    "telephone": "PHONE",
    "callerid": "PHONE",
    "ani": "PHONE",
    "msisdn": "PHONE",
    "whatsapp": "PHONE",
    "zipcode": "ADDRESS",
    "postalcode": "ADDRESS",
    "postcode": "ADDRESS",
    "dateofbirth": "DOB",
    "birthdate": "DOB",
    "dayofbirth": "DOB",
    "birthday": "DOB",
    "nationalid": "ID",
    "nationalinsurance": "ID",
    "socialsecurity": "ID",
    "socialsecuritynumber": "ID",
    "taxid": "ID",
    "idnumber": "ID",
    "driverslicense": "ID",
    "drivinglicence": "ID",
    "cardnumber": "CARD",
    "creditcard": "CARD",
    "accountnumber": "ACCOUNT",
    "accountno": "ACCOUNT",
    "accountid": "ACCOUNT",
    "account": "ACCOUNT",
    "customernumber": "ACCOUNT",
    "memberid": "ACCOUNT",
    "orderid": "ORDER",
    "orderno": "ORDER",
    "ordernumber": "ORDER",
    "bookingreference": "ORDER",
    "ipaddress": "IP",
    "clientip": "IP",
    "userid": "USER",
    "username": "USER",
    "login": "USER",
    "apikey": "SECRET",
    "accesstoken": "SECRET",
    "securityanswer": "SECRET",
}
"""Whole field names, without capitals, spaces and signs."""
_ENDS = {
    "email": "EMAIL",
    "mail": "EMAIL",
    "phone": "PHONE",
    "mobile": "PHONE",
    "tel": "PHONE",
    "fax": "PHONE",
    "address": "ADDRESS",
    "street": "ADDRESS",
    "zip": "ADDRESS",
    "dob": "DOB",
    "ssn": "ID",
    "passport": "ID",
    "password": "SECRET",
    "passcode": "SECRET",
    "pin": "SECRET",
    "otp": "SECRET",
    "token": "SECRET",
    "secret": "SECRET",
    "iban": "IBAN",
    "ip": "IP",
    "username": "USER",
}
"""Last words of field names such as `billing_address` and `contactEmail`."""
_PEOPLE = frozenset(
    words(
        "first last full given family middle maiden customer client agent user contact caller member person"
        " employee rep"
        " advisor adviser advocate operator owner holder cardholder account recipient sender patient guest"
        " passenger buyer"
        " seller manager supervisor assignee requester reporter author handler specialist associate staff real"
        " legal display"
        " preferred own birth shipping billing"
    )
)
"""Words before `name` that make it a person's; a `product_name` stays."""


def keyed_kind(key: str) -> str | None:
    """The kind of personal data that a field of this name holds, if its name says so."""
    plain = plain_key(key)
    if plain in _WHOLE:
        return _WHOLE[plain]
    parts = [part.lower() for part in _PART.findall(key.rpartition(".")[2])]
    if not parts:
        return None
    if parts[-1] in ("name", "names") and any(part in _PEOPLE for part in parts[:-1]):
        return "NAME"
    if len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in ("number", "no", "num", "id", "line")):
        parts = parts[:-1]
    return _ENDS.get(parts[-1])


def free_value_kind(key: str, value: str) -> str | None:
    """NAME for a whole value that is somebody's name; not where the field is the name of a thing (`product_name`)."""
    parts = [part.lower() for part in _PART.findall(key.rpartition(".")[2])]
    thing = len(parts) > 1 and parts[-1] in ("name", "names", "title")
    return "NAME" if not thing and value[:1].isupper() and is_whole_name(value) else None


def plain_key(key: str) -> str:
    """A field name without capitals, spaces and signs; of a dotted one the last part."""
    return "".join(character for character in key.rpartition(".")[2].casefold() if character.isalnum())
