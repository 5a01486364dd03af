"""Releases: data that leaves the house, for a declared audience, through the gate, signed; verified and withdrawn."""

from waystation.kernel.release.folder import check_folder, folder_of
from waystation.kernel.release.gate import AUDIENCES, Guard, Package, Spot, Watch, hidden_spots, pass_gate
from waystation.kernel.release.records import anchors, publish, releases, take_back, verify_release
from waystation.kernel.release.unsound import unsound_refused

__all__ = [
    "AUDIENCES", "Guard", "Package", "Spot", "Watch", "anchors", "check_folder", "folder_of", "hidden_spots", "pass_gate",
    "publish", "releases", "take_back", "unsound_refused", "verify_release",
]  # fmt: skip
