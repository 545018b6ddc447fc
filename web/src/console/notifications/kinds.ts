/** What can be told, by which ways, and what comes of it; see docs/notifications.md. */
export const KINDS = ["confirmation", "reminder", "cancellation", "offer", "expiry"] as const;
export type Kind = (typeof KINDS)[number];

export const CHANNELS = ["email", "sms", "topic", "log"] as const;
export type Channel = (typeof CHANNELS)[number];

export const STATUSES = ["waiting", "sent", "failed", "dropped"] as const;
export type Status = (typeof STATUSES)[number];
