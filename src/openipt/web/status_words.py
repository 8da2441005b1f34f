"""The status of an episode in words: the same in every room."""

from __future__ import annotations

from openipt.core.course.course import EpisodeStatus

STATUS_WORDS = {
    EpisodeStatus.ENQUIRY: "Enquiry",
    EpisodeStatus.ASSESSMENT: "Assessment",
    EpisodeStatus.ACTIVE: "In treatment",
    EpisodeStatus.PAUSED: "Paused",
    EpisodeStatus.MAINTENANCE: "Maintenance",
    EpisodeStatus.ENDED: "Ended",
}
