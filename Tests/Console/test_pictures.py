"""Pictures of the screens for docs/console, taken when BERTH_PICTURES=1 is set; else they are only looked at."""

import os
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from support.images import image_of

from console.browser import Browser
from console.moments import Moment
from console.people import Person
from console.pushing import pull, push, two_platforms
from console.shares import add_share
from console.steps import fill_share_form, image_path, open_sharing, press, send_share_form, sign_in_as
