/** Every event that can be sent; see docs/webhooks.md. */
export const TYPES = {
  reservation: [
    "reservation.held",
    "reservation.extended",
    "reservation.confirmed",
    "reservation.reacquired",
    "reservation.released",
    "reservation.expired",
    "reservation.cancelled",
    "reservation.moved",
    "reservation.fulfilled",
    "reservation.no_show",
  ],
  offering: [
    "offering.created",
    "offering.updated",
    "offering.capacity_set",
    "offering.capacity_adjusted",
  ],
  waitlist: ["waitlist.joined", "waitlist.left"],
} as const;

export type Group = keyof typeof TYPES;

export const GROUPS = ["reservation", "offering", "waitlist"] as const satisfies Group[];

export const DELIVERY_STATUSES = ["waiting", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
