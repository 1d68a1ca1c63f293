"""A refinery at the Saale with four crews around the clock: its site file, and who works there."""

from datetime import date

from bot.site_file import read_site
from store.site import Site

LEAD, DATA_SCIENTIST = "U0FRAUKE", "U0DANA"
SPONSORS = ("U0GERD", "U0HELGA")

FIRST_DAY, LAST_DAY = date(2026, 1, 5), date(2027, 1, 3)

CREWS = {
    "A": ("U0MILENA", "U0PIOTR"),
    "B": ("U0SABINE", "U0AHMET"),
    "C": ("U0DIEGO", "U0LUKAS"),
    "D": ("U0TABLET", "U0INES", "U0TOMASZ"),
}
FLOOR = {slack_id: crew for crew, people in CREWS.items() for slack_id in people}
"""Everybody who works shifts, in the order of the file, and in which crew."""
SHARED = "U0TABLET"

SITE_FILE = """
workspace: {slack: T0SAALE, name: Saale Refinery}
site:
  name: Saale Refinery
  zone: Europe/Berlin
  holidays: {country: DE, subdivision: ST}
people:
  milena: {slack: U0MILENA, name: Milena Novotná, zone: Europe/Prague, locale: cs-CZ}
  piotr: {slack: U0PIOTR, name: Piotr Zieliński, zone: Europe/Warsaw, locale: pl-PL}
  sabine: {slack: U0SABINE, name: Sabine Krüger, locale: de-DE}
  ahmet: {slack: U0AHMET, name: Ahmet Yılmaz, zone: Europe/Istanbul, locale: tr-TR}
  diego: {slack: U0DIEGO, name: Diego Ramos, zone: America/New_York, locale: en-US}
  lukas: {slack: U0LUKAS, name: Lukas Brandt, locale: de-DE}
  tablet: {slack: U0TABLET, name: Control Room Tablet, shared: yes}
  ines: {slack: U0INES, name: Ines Peters, locale: en-GB}
  tomasz: {slack: U0TOMASZ, name: Tomasz Lis, locale: pl-PL}
  frauke: {slack: U0FRAUKE, name: Frauke Lorenz, locale: de-DE}
  dana: {slack: U0DANA, name: Dana Reyes, locale: en-US}
  gerd: {slack: U0GERD, name: Gerd Hoffmann, locale: de-DE}
  helga: {slack: U0HELGA, name: Helga Brinkmann, locale: de-DE}
teams:
  Crude unit:
    channel: C0REFINERY
    pattern: dupont
    anchor: 2026-01-05
    crews:
      A: {people: [milena, piotr]}
      B: {people: [sabine, ahmet]}
      C: {people: [diego, lukas]}
      D: {people: [tablet, ines, tomasz]}
    leads: [frauke]
    shutdowns:
      - {first: 2026-07-27, last: 2026-08-09, reason: Turnaround of the crude unit}
tools:
  Flare Watch:
    type: alarm
    owner: gerd
    teams: [Crude unit]
"""


def site() -> Site:
    """What the file says."""
    found = read_site(SITE_FILE)
    assert isinstance(found, Site), found
    return found
