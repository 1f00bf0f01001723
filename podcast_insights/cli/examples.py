"""What to type, for each command: the help shows it below the options, and a test tries whether it is accepted."""

BEGIN = (
    "To begin: podcast-insights add FEED-URL, then podcast-insights digest. Settings are in podcasts.yaml of this "
    "folder, or in the file that PODCAST_INSIGHTS_CONFIG names; podcast-insights doctor says what is wrong with them."
)

EXAMPLES: dict[str, tuple[str, ...]] = {
    "add": ("add https://example.com/feed.xml", "add env:MY_PRIVATE_FEED --name 'My private show'"),
    "import": ("import subscriptions.opml",),
    "pause": ("pause 'Pipeline Weather'",),
    "resume": ("resume 'Pipeline Weather'",),
    "remove": ("remove https://example.com/feed.xml",),
    "export": ("export shows.opml", "export insights.csv", "export notes/"),
    "digest": ("digest", "digest 2026-11-13 --send"),
    "backfill": (
        "backfill --from 2026-10-01 --to 2026-10-31 --estimate",
        "backfill --from 2026-10-01 --to 2026-10-31 --only-missing",
    ),
    "refresh": ("refresh --dry-run",),
    "embed": ("embed --dry-run",),
    "demo": ("demo", "demo --folder /tmp/demo --serve"),
    "mail": ("mail --preview look/", "mail --test you@example.com", "mail 2026-11-13 --resend"),
    "serve": ("serve --port 8080",),
    "search": ("search 'parking turnover' --limit 3",),
    "sql": ("sql", "sql mart_daily_funnel --date 2026-11-13", "sql mart_topic_trends --csv"),
    "follow": ("follow 'heat pumps'", "follow 'Street and Grid'"),
    "mute": ("mute crypto",),
    "like": ("like 3f9a1c20b7d4", "like 3f9a1c20b7d4 --for ana@example.org"),
    "dislike": ("dislike 3f9a1c20b7d4",),
    "forget": ("forget crypto",),
    "memory": ("memory",),
    "doctor": ("doctor", "doctor --feeds"),
    "models": ("models", "models small"),
    "evaluate": ("evaluate", "evaluate --days 90 --episodes 200"),
    "vacuum": ("vacuum",),
    "upgrade": ("upgrade",),
}


def below(command: str) -> str | None:
    """Return what the help of a command ends with."""
    lines = [f"podcast-insights {example}" for example in EXAMPLES.get(command, ())]
    return "\n\n".join(["For example:", *lines]) if lines else None
