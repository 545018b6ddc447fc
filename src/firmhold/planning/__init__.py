"""Days, hours and slots in a site's wall-clock time: schedules planned, calendars and files read.

Everything here is a pure function over plain values: what day it is, which slots exist and the text
of a file come in as arguments. Nothing here is stored, sent or decided about a reservation.
"""
