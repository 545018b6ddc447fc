/* Made by `npm run api` from the server's document. */
export interface paths {
    "/v1/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reservations, newest first
         * @description Reservations, newest first. Customers see their own, auditors and operators all.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        get: operations["list_reservations"];
        put?: never;
        /**
         * Hold units until `expires_at`, or take them for good with `confirm`
         * @description Hold units until `expires_at`, or take them for good with `confirm`. All lines or none.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["place_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a hold firm, in full or in part; after expiry only with `reacquire`, and only if its units are still free
         * @description Make a hold firm, in full or in part; after expiry only with `reacquire`, and only if its units are still free.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["confirm_reservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a hold last at least so many seconds from now, up to its cap
         * @description Let a hold last at least so many seconds from now, up to its cap. Never shortens it.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["extend_reservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a hold back, or part of it
         * @description Give a hold back, or part of it. What is given back is on sale again with the answer.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["release_reservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a confirmed reservation, or part of it; what is still held is released
         * @description Cancel a confirmed reservation, or part of it; what is still held is released. Customers can until the site's cut-off.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["cancel_reservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a reservation be for other slots, items or units, under its id: wholly, or not at all
         * @description Let a reservation be for other slots, items or units, under its id: wholly, or not at all. What it is for already stays its own throughout.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["move_reservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation}/check-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record that the customer of a confirmed reservation came, from two hours before its first slot on, or did not, once its last slot has begun
         * @description Record that the customer of a confirmed reservation came, from two hours before its first slot on, or did not, once its last slot has begun. Items have no time.
         *
         *     For operators, owners and admins; API keys with the scope `reservations:write`.
         */
        post: operations["check_in_reservation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One reservation: its customer's, or any for auditors and operators
         * @description One reservation: its customer's, or any for auditors and operators.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        get: operations["get_reservation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/waitlist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Waitlist entries, newest first, or of one offering in the order of the line
         * @description Waitlist entries, newest first, or of one offering in the order of the line. Customers see their own, auditors and operators all.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        get: operations["list_waitlist"];
        put?: never;
        /**
         * Wait for units
         * @description Wait for units. As soon as they are free and nobody before fits, they are held for the customer, and the entry is `offered`; that may be at once.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["join_waitlist"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/waitlist/{entry}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's place in the line, why it is not served yet, and the offer it has led to
         * @description One's place in the line, why it is not served yet, and the offer it has led to.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        get: operations["get_waitlist_entry"];
        put?: never;
        post?: never;
        /**
         * Give up a place in the line, or decline the offer it has led to, which falls to the next
         * @description Give up a place in the line, or decline the offer it has led to, which falls to the next.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        delete: operations["leave_waitlist"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Items in the order of their creation, searched by name and SKU, or the one with a SKU
         * @description Items in the order of their creation, searched by name and SKU, or the one with a SKU.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["list_items"];
        put?: never;
        /**
         * Put an item on sale
         * @description Put an item on sale.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["create_item"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put up to 1,000 items on sale, all of them or none
         * @description Put up to 1,000 items on sale, all of them or none.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["create_items"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{item}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One item and what is left of it
         * @description One item and what is left of it.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["get_item"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an item's name, price, sale window or limits
         * @description Change an item's name, price, sale window or limits. Holds that exist are not touched.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        patch: operations["change_item"];
        trace?: never;
    };
    "/v1/items/{item}/capacity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set the capacity, if it still is what you believe, or adjust it by a delta with a reason
         * @description Set the capacity, if it still is what you believe, or adjust it by a delta with a reason.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["change_capacity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sites in the order of their creation
         * @description Sites in the order of their creation. `metadata`, and why there is a blackout, is shown to auditors and operators alone.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["list_sites"];
        put?: never;
        /**
         * Make a site, so that there can be slots at it
         * @description Make a site, so that there can be slots at it.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["create_site"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One site
         * @description One site.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["get_site"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a site
         * @description Change a site. Slots that are there stay as they are: its schedules make those to come by its new zone, length of slots and blackouts, and make anew what they have made when each is regenerated with `POST /v1/schedules/{schedule}/regenerate`, which says what became of them.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        patch: operations["change_site"];
        trace?: never;
    };
    "/v1/pools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Pools in the order of their creation
         * @description Pools in the order of their creation.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `stock:read` or `stock:write`.
         */
        get: operations["list_pools"];
        put?: never;
        /**
         * Make a room, a practitioner, or so many units of equipment
         * @description Make a room, a practitioner, or so many units of equipment.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["create_pool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pools/{pool}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One pool
         * @description One pool.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `stock:read` or `stock:write`.
         */
        get: operations["get_pool"];
        put?: never;
        post?: never;
        /**
         * Delete a pool that no slot requires, withdrawn ones included
         * @description Delete a pool that no slot requires, withdrawn ones included. The answer is what it was.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        delete: operations["delete_pool"];
        options?: never;
        head?: never;
        /**
         * Change a pool
         * @description Change a pool. It cannot have fewer units than it lends at some instant from now on.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        patch: operations["change_pool"];
        trace?: never;
    };
    "/v1/pools/{pool}/loans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a pool has lent at some time, and to which slot, in the order of time
         * @description What a pool has lent at some time, and to which slot, in the order of time. Holds that have ended have nothing. Who has reserved the slot, `/v1/reservations` tells.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `stock:read` or `stock:write`.
         */
        get: operations["list_loans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/slots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Slots in the order of time: of a site, with a pool, of a schedule, in a stretch of time, or those that can be booked now
         * @description Slots in the order of time: of a site, with a pool, of a schedule, in a stretch of time, or those that can be booked now. `metadata` is shown to auditors and operators alone.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["list_slots"];
        put?: never;
        /**
         * Publish a slot
         * @description Publish a slot. It takes its room and practitioner at once; what it requires per reservation is taken with each.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["create_slot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/slots/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish up to 1,000 slots, all of them or none
         * @description Publish up to 1,000 slots, all of them or none.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["create_slots"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/slots/{slot}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One slot, what is left of it, and why it cannot be booked if it cannot
         * @description One slot, what is left of it, and why it cannot be booked if it cannot.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["get_slot"];
        put?: never;
        post?: never;
        /**
         * Withdraw a slot that nobody has reserved: it is closed for good, gives back what it took from pools, and whoever waits for it need not wait any longer
         * @description Withdraw a slot that nobody has reserved: it is closed for good, gives back what it took from pools, and whoever waits for it need not wait any longer. It can still be looked at.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        delete: operations["withdraw_slot"];
        options?: never;
        head?: never;
        /**
         * Change a slot's title, terms or room, or close it for a while
         * @description Change a slot's title, terms or room, or close it for a while. Reservations are not touched; what each of them takes from pools cannot change while there are any.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        patch: operations["change_slot"];
        trace?: never;
    };
    "/v1/slots/{slot}/capacity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set how many units a slot has, if it still is what you believe, or adjust it by a delta with a reason
         * @description Set how many units a slot has, if it still is what you believe, or adjust it by a delta with a reason.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["change_slot_capacity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/slots/{slot}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish a slot at another time, or in another room, in place of one that nobody has reserved, which is withdrawn: both or neither
         * @description Publish a slot at another time, or in another room, in place of one that nobody has reserved, which is withdrawn: both or neither. What takes place at another time is another slot, with an id of its own, and belongs to no schedule; the answer is that one. Who waits for the old one need not wait any longer.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["move_slot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/slots/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish the slots of a file at a site
         * @description Publish the slots of a file at a site. CSV has a header; `title`, `starts_at` and `capacity` must be among its columns, and `ends_at` or `minutes`, and there may be `room` and `practitioner` (by name), `description`, `price_amount` (minor units) and `price_currency`, `sale_starts_at`, `sale_ends_at`, `min_quantity`, `max_quantity`, `max_per_customer`, `hold_ttl_seconds`, `open` and `metadata` (JSON). A row has nothing to be known again by: CSV that is sent twice, without an idempotency key, makes its slots twice. Of a calendar the next year is read. Its events are known again by UID and RECURRENCE-ID: one that is there already is not taken again, and one that was moved or cancelled since is named with its slot, which stays as it is. Rows and events that are not taken are named with the reason.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["import_slots"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See what a schedule would come to: its slots, what is in their way, and what a change of the clocks does to them
         * @description See what a schedule would come to: its slots, what is in their way, and what a change of the clocks does to them. Nothing is saved.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["preview_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Schedules in the order of their creation
         * @description Schedules in the order of their creation.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `stock:read` or `stock:write`.
         */
        get: operations["list_schedules"];
        put?: never;
        /**
         * Make a schedule, and its slots up to as far ahead as they can be booked; it goes on by itself from then on
         * @description Make a schedule, and its slots up to as far ahead as they can be booked; it goes on by itself from then on. Slots for which a room or a person is taken are left out, and reported; another schedule with slots at the same time is only named, unless each has a room or a person.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["create_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedules/{schedule}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One schedule
         * @description One schedule.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `stock:read` or `stock:write`.
         */
        get: operations["get_schedule"];
        put?: never;
        post?: never;
        /**
         * Stop a schedule: it makes no more slots, and those to come that nobody has reserved are withdrawn
         * @description Stop a schedule: it makes no more slots, and those to come that nobody has reserved are withdrawn. Says which were left alone, and how many stay. It can be started again.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        delete: operations["stop_schedule"];
        options?: never;
        head?: never;
        /**
         * Change a schedule, and let its slots be what it says now
         * @description Change a schedule, and let its slots be what it says now. Those that are reserved, waited for or were changed by somebody stay as they are, and are reported, with what cannot be made because of them. Slots of a schedule that has been stopped stay as they are until it is started.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        patch: operations["change_schedule"];
        trace?: never;
    };
    "/v1/schedules/{schedule}/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compare the slots of a schedule with what it and its site say now: make what is missing, take back what is planned no more, and leave alone what is reserved
         * @description Compare the slots of a schedule with what it and its site say now: make what is missing, take back what is planned no more, and leave alone what is reserved. Of more than 10,000 slots the nearest are seen to at once and the rest within minutes.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["regenerate_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schedules/{schedule}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a schedule that was stopped go on, and regenerate it
         * @description Let a schedule that was stopped go on, and regenerate it.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["start_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/{site}/calendar.ics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The slots of a site as a calendar to subscribe to: the next two thousand, and the last two hundred of the week that is over
         * @description The slots of a site as a calendar to subscribe to: the next two thousand, and the last two hundred of the week that is over. Nothing in it is about any person.
         *
         *     For every user; every API key; anyone with the calendar's token, or where the organization has made its catalogue public.
         */
        get: operations["get_site_calendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/{site}/calendar-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a token for the address of a site's calendar, for programs that cannot send one otherwise
         * @description Make a token for the address of a site's calendar, for programs that cannot send one otherwise. It opens that calendar for five years or until the tokens are withdrawn, and nothing else. Under an idempotency key a repeat brings back the same token, withdrawn or not: the stored answer has it, for as long as answers are kept.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["create_calendar_token"];
        /**
         * Withdraw all tokens of a site's calendar that there are: whoever has subscribed by one needs a new one
         * @description Withdraw all tokens of a site's calendar that there are: whoever has subscribed by one needs a new one. Where the catalogue is public, the calendar stays open to all who send none.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        delete: operations["withdraw_calendar_tokens"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{reservation}/calendar.ics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The slots of a reservation as a file for one's own calendar
         * @description The slots of a reservation as a file for one's own calendar. Opened again after the reservation has been moved, given back or cancelled, it takes back what was there before: the slots that it has left are in it as cancelled.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        get: operations["get_reservation_calendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/offerings/{offering}/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is left now, and why it cannot be had if it cannot; or, with `at`, the counts as they stood at that instant
         * @description What is left now, and why it cannot be had if it cannot; or, with `at`, the counts as they stood at that instant.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["get_availability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/offerings/{offering}/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every change to an offering, with the counts that each one left
         * @description Every change to an offering, with the counts that each one left.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `ledger:read`.
         */
        get: operations["list_ledger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The organization that the token names, and what it allows
         * @description The organization that the token names, and what it allows.
         *
         *     For every user; every API key.
         */
        get: operations["get_organization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change how long holds last, how many a customer may have, when slots can be booked and cancelled, and what the public may do
         * @description Change how long holds last, how many a customer may have, when slots can be booked and cancelled, and what the public may do.
         *
         *     For owners and admins; API keys with the scope `organization:write`.
         */
        patch: operations["change_organization"];
        trace?: never;
    };
    "/v1/audit/acts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was done by those who work here, and for or against security, the newest first
         * @description What was done by those who work here, and for or against security, the newest first. What happened to reservations and capacities is told by the ledger.
         *
         *     For auditors, owners and admins; API keys with the scope `audit:read`.
         */
        get: operations["list_acts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The newest signed checkpoint
         * @description The newest signed checkpoint. There is a new one within a second or so of what happens.
         *
         *     For auditors, owners and admins; API keys with the scope `audit:read`.
         */
        get: operations["get_checkpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/proofs/{subject}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Proof that an act, or an entry of an offering's ledger by its number, is in the log
         * @description Proof that an act, or an entry of an offering's ledger by its number, is in the log.
         *
         *     For auditors, owners and admins; API keys with the scope `audit:read`.
         */
        get: operations["prove_entry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/consistency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Proof that the log goes on from a checkpoint that was seen earlier
         * @description Proof that the log goes on from a checkpoint that was seen earlier.
         *
         *     For auditors, owners and admins; API keys with the scope `audit:read`.
         */
        get: operations["prove_consistency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Organizations, the newest first
         * @description Organizations, the newest first.
         *
         *     For admins of the server's own organization.
         */
        get: operations["list_organizations"];
        put?: never;
        /**
         * Make an organization and ask its first owner in, who is told by e-mail
         * @description Make an organization and ask its first owner in, who is told by e-mail. Nobody here sees anything of it from then on.
         *
         *     For admins of the server's own organization.
         */
        post: operations["create_organization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{organization}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One organization, and what it allows
         * @description One organization, and what it allows.
         *
         *     For admins of the server's own organization.
         */
        get: operations["get_any_organization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Webhooks, the newest first
         * @description Webhooks, the newest first.
         *
         *     For owners and admins; API keys with the scope `webhooks:write`.
         */
        get: operations["list_webhooks"];
        put?: never;
        /**
         * Name an address to which events are sent from now on
         * @description Name an address to which events are sent from now on. Its secret is told in this answer and never again, so a repeated request makes another one.
         *
         *     For owners and admins; API keys with the scope `webhooks:write`.
         */
        post: operations["create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One webhook
         * @description One webhook.
         *
         *     For owners and admins; API keys with the scope `webhooks:write`.
         */
        get: operations["get_webhook"];
        put?: never;
        post?: never;
        /**
         * Send nothing there any more, and forget what was sent
         * @description Send nothing there any more, and forget what was sent.
         *
         *     For owners and admins; API keys with the scope `webhooks:write`.
         */
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        /**
         * Change where events are sent, which, and whether
         * @description Change where events are sent, which, and whether.
         *
         *     For owners and admins; API keys with the scope `webhooks:write`.
         */
        patch: operations["change_webhook"];
        trace?: never;
    };
    "/v1/webhooks/{webhook}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Another secret, told in this answer and never again
         * @description Another secret, told in this answer and never again. For a day deliveries are signed with the one before as well.
         *
         *     For owners and admins; API keys with the scope `webhooks:write`.
         */
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was to be sent, the newest first, and what came of it
         * @description What was to be sent, the newest first, and what came of it. What is over is kept for thirty days.
         *
         *     For owners and admins; API keys with the scope `webhooks:write`.
         */
        get: operations["list_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook}/deliveries/{event}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send it once more, whatever came of it, with the same id
         * @description Send it once more, whatever came of it, with the same id.
         *
         *     For owners and admins; API keys with the scope `webhooks:write`.
         */
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many holds were placed, and what became of those that ended: how many expired, how many were confirmed, and how fast
         * @description How many holds were placed, and what became of those that ended: how many expired, how many were confirmed, and how fast.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `reports:read`.
         */
        get: operations["report_holds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/sell-through": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which share of the capacity at that time had been sold at the end of each step
         * @description Which share of the capacity at that time had been sold at the end of each step.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `reports:read`.
         */
        get: operations["report_sell_through"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/sell-outs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sales that began in the period: how long until nothing was left, and whether units came back
         * @description Sales that began in the period: how long until nothing was left, and whether units came back.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `reports:read`.
         */
        get: operations["report_sell_outs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/utilisation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * For how much of their time rooms, practitioners and equipment are lent and booked, as their slots, their number and the opening hours are now
         * @description For how much of their time rooms, practitioners and equipment are lent and booked, as their slots, their number and the opening hours are now.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `reports:read`.
         */
        get: operations["report_utilisation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/no-shows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many of those who were expected did not come, at slots that have begun: by service, by practitioner, by site, or over time
         * @description How many of those who were expected did not come, at slots that have begun: by service, by practitioner, by site, or over time.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `reports:read`.
         */
        get: operations["report_no_shows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was to be told, the newest first, and what came of it
         * @description What was to be told, the newest first, and what came of it. What is over is kept for thirty days.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        get: operations["list_notifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/{notification}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try one again that was given up, from the beginning and with the same id
         * @description Try one again that was given up, from the beginning and with the same id.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        post: operations["redeliver_notification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How customers are told about their reservations
         * @description How customers are told about their reservations.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        get: operations["get_notification_settings"];
        /**
         * Tell customers so from now on
         * @description Tell customers so from now on. Reminders are planned when a reservation is confirmed or moved: for those that were before, it stays as it was.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        put: operations["put_notification_settings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every template that is used: the organization's own, and what comes with Firmhold where it has none
         * @description Every template that is used: the organization's own, and what comes with Firmhold where it has none.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        get: operations["list_notification_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/templates/{kind}/{language}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The template of a kind in a language
         * @description The template of a kind in a language.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        get: operations["get_notification_template"];
        /**
         * Tell it in these words from now on
         * @description Tell it in these words from now on. A place that there is none of is refused by its name.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        put: operations["put_notification_template"];
        post?: never;
        /**
         * Use the words that come with Firmhold again
         * @description Use the words that come with Firmhold again.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        delete: operations["delete_notification_template"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/templates/{kind}/{language}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a template makes of made-up data: the one that is used, or what the body has instead
         * @description What a template makes of made-up data: the one that is used, or what the body has instead. Nothing is kept or sent.
         *
         *     For owners and admins; API keys with the scope `notifications:write`.
         */
        post: operations["preview_notification_template"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What you want to be told about your reservations here, and how
         * @description What you want to be told about your reservations here, and how.
         *
         *     For every user.
         */
        get: operations["get_notification_preferences"];
        /**
         * Say what you want to be told, and how
         * @description Say what you want to be told, and how. It holds at once, also for what has been planned.
         *
         *     For every user.
         */
        put: operations["put_notification_preferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inventory/reserve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold units of one item
         * @description Hold units of one item. Guests give an e-mail address and get a hold token.
         *
         *     For every user; API keys with the scope `reservations:write`; anyone, where the organization lets guests hold.
         */
        post: operations["reserve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checkout/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn a hold into an order
         * @description Turn a hold into an order. Only its customer may; doing it twice changes nothing.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["confirm_checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checkout/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a hold or an order back
         * @description Give a hold or an order back. Only its customer may; the units are on sale again at once.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["cancel_checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inventory/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many units of an item are available, reserved and sold
         * @description How many units of an item are available, reserved and sold.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["get_inventory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The catalogue with prices, sale windows and stock
         * @description The catalogue with prices, sale windows and stock.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["list_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What can be bought at this moment
         * @description What can be bought at this moment.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["list_live_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/{product}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One product, by id or SKU
         * @description One product, by id or SKU.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["get_product"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold a product for two minutes
         * @description Hold a product for two minutes. Guests get a hold token with it.
         *
         *     For every user; API keys with the scope `reservations:write`; anyone, where the organization lets guests hold.
         */
        post: operations["hold_product"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{order}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm an order while its hold lasts
         * @description Confirm an order while its hold lasts.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["confirm_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The orders of one e-mail address: one's own; with a hold token, the one it opens
         * @description The orders of one e-mail address: one's own; with a hold token, the one it opens.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        get: operations["list_orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Holds, confirms, expiries and sell-through, of all items or of one: since the server started, and over time
         * @description Holds, confirms, expiries and sell-through, of all items or of one: since the server started, and over time. And how reserving goes.
         *
         *     For auditors, operators, owners and admins; API keys with the scope `reports:read`.
         */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/slots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Slots with places left that a customer could book now, in the order of time, with what they need and whether that is free then: what is taken may be free again before long
         * @description Slots with places left that a customer could book now, in the order of time, with what they need and whether that is free then: what is taken may be free again before long.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["list_open_slots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/slots/{slot}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold places of a slot until `expiresAt`: for oneself, or from an operator for anyone
         * @description Hold places of a slot until `expiresAt`: for oneself, or from an operator for anyone.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["hold_slot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/slots/{slot}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a hold of this slot firm
         * @description Make a hold of this slot firm. Only its customer or an operator may; twice changes nothing.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["confirm_slot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reservations/{reservation}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an appointment back, confirmed or still held; somebody else can have it at once
         * @description Give an appointment back, confirmed or still held; somebody else can have it at once.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["cancel_appointment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Book a slot for a patient; confirm it within two minutes, or it is free again
         * @description Book a slot for a patient; confirm it within two minutes, or it is free again.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["book_slot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{booking}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One booking: its patient's, or any for auditors and operators
         * @description One booking: its patient's, or any for auditors and operators.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        get: operations["get_booking"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bookings/{booking}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm a booking while it is pending
         * @description Confirm a booking while it is pending. Doing it twice changes nothing.
         *
         *     For every user; API keys with the scope `reservations:write`.
         */
        post: operations["confirm_booking"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/slots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Schedule a procedure
         * @description Schedule a procedure. The room and the doctor are taken at once, the equipment by each booking.
         *
         *     For operators, owners and admins; API keys with the scope `stock:write`.
         */
        post: operations["schedule_slot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All bookings with their patients, those for the latest slots first
         * @description All bookings with their patients, those for the latest slots first. Also as `text/csv`: then all at once, up to 100,000, or in pages like the list's if `limit` is given.
         *
         *     For operators, owners and admins; API keys with the scope `customers:read`.
         */
        get: operations["report_bookings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account and be signed in
         * @description Make an account and be signed in. A code is sent to the address; until it has come back, the address proves nothing.
         *
         *     For anyone.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account and be signed in
         * @description Make an account and be signed in. A code is sent to the address; until it has come back, the address proves nothing.
         *
         *     For anyone.
         */
        post: operations["register_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with e-mail address and password
         * @description Sign in with e-mail address and password. Whoever is a user of several organizations names one.
         *
         *     For anyone.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with e-mail address and password
         * @description Sign in with e-mail address and password. Whoever is a user of several organizations names one.
         *
         *     For anyone.
         */
        post: operations["login_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stay signed in: a new access token, and the next refresh token
         * @description Stay signed in: a new access token, and the next refresh token. One that was used before ends the session, unless that was a few seconds ago: an answer may have been lost.
         *
         *     For anyone.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stay signed in: a new access token, and the next refresh token
         * @description Stay signed in: a new access token, and the next refresh token. One that was used before ends the session, unless that was a few seconds ago: an answer may have been lost.
         *
         *     For anyone.
         */
        post: operations["refresh_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session of the refresh token, or else of the access token; or, with an access token, all of this person's
         * @description End the session of the refresh token, or else of the access token; or, with an access token, all of this person's. Its access token is refused from then on: here at once, by other server processes within about a second.
         *
         *     For anyone.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session of the refresh token, or else of the access token; or, with an access token, all of this person's
         * @description End the session of the refresh token, or else of the access token; or, with an access token, all of this person's. Its access token is refused from then on: here at once, by other server processes within about a second.
         *
         *     For anyone.
         */
        post: operations["logout_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/set-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Become the first administrator of a server that has none, with the code that it has printed as it started
         * @description Become the first administrator of a server that has none, with the code that it has printed as it started.
         *
         *     For anyone.
         */
        post: operations["set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whom this token or key proves, and what it may do
         * @description Whom this token or key proves, and what it may do.
         *
         *     For every user; every API key.
         */
        get: operations["who_am_i"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where this person is signed in, in whichever organization, the newest first
         * @description Where this person is signed in, in whichever organization, the newest first.
         *
         *     For every user.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of this person's sessions, in whichever organization
         * @description End one of this person's sessions, in whichever organization.
         *
         *     For every user.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change one's password
         * @description Change one's password. All other sessions end, and the change is told by e-mail.
         *
         *     For every user.
         */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/forgotten": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have a code for a new password sent
         * @description Have a code for a new password sent. The answer is the same whether there is an account.
         *
         *     For anyone.
         */
        post: operations["forget_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password with a code that was sent
         * @description Set a new password with a code that was sent. All sessions end.
         *
         *     For anyone.
         */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show, signed in, that one has got the code, and that the address is one's own
         * @description Show, signed in, that one has got the code, and that the address is one's own. Whoever has got a code without having an account has a new password sent instead: another may have registered with the address.
         *
         *     For every user.
         */
        post: operations["verify_address"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/verify/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have the code sent once more; nothing is sent if the address has been verified
         * @description Have the code sent once more; nothing is sent if the address has been verified.
         *
         *     For every user.
         */
        post: operations["send_verification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Users, the newest first
         * @description Users, the newest first.
         *
         *     For auditors, owners and admins; API keys with the scope `users:read` or `users:write`.
         */
        get: operations["list_users"];
        put?: never;
        /**
         * Ask somebody in
         * @description Ask somebody in. They are told by e-mail, and the place is theirs once they have come: by signing in here, or with the code of the letter if their address has not been verified.
         *
         *     For owners and admins; API keys with the scope `users:write`.
         */
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One user
         * @description One user.
         *
         *     For auditors, owners and admins; API keys with the scope `users:read` or `users:write`.
         */
        get: operations["get_user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what somebody is here, or shut them out
         * @description Change what somebody is here, or shut them out. They are signed out of this organization if their role changes, and the API keys that they have made are withdrawn if they may make none any more; whoever becomes more than a customer, and has not shown that the address is theirs, is only asked in until they have, and sent a code. Nobody can give or take away what they do not have themselves, and somebody has to be left who can let people in.
         *
         *     For owners and admins; API keys with the scope `users:write`.
         */
        patch: operations["change_user"];
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys, the newest first, without what opens doors
         * @description Keys, the newest first, without what opens doors.
         *
         *     For owners and admins; API keys with the scope `keys:write`.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Make a key
         * @description Make a key. It is told in this answer and never again, so a repeated request makes another one.
         *
         *     For owners and admins; API keys with the scope `keys:write`.
         */
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Withdraw a key
         * @description Withdraw a key. It opens nothing any more, on every server process within two seconds.
         *
         *     For owners and admins; API keys with the scope `keys:write`.
         */
        delete: operations["withdraw_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens to offerings, sites and reservations, as it happens, as server-sent events
         * @description What happens to offerings, sites and reservations, as it happens, as server-sent events. The same address speaks WebSocket.
         *
         *     For every user; every API key; anyone, where the organization has made its catalogue public.
         */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/graphql": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read and change things by a GraphQL document
         * @description Read and change things by a GraphQL document. The schema says who may ask for which field. Refusals are errors of the answer, also where the status is not 200. A document that changes nothing may be sent by `GET`; a subscription is followed as server-sent events or by WebSocket.
         *
         *     For anyone.
         */
        post: operations["graphql"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * HoldRequest
         * @description What to hold, for whom and for how long; with `confirm`, to take it for good at once.
         */
        "firmhold.doors.rest.shapes.reservations.HoldRequest": {
            /** @description What to hold: all of it or nothing. */
            lines: components["schemas"]["LineRequest"][];
            /**
             * @description Whom it is for, if an operator asks: a user's id or e-mail address, or any reference or address of your own. Others hold for themselves alone.
             * @default null
             */
            customer?: string | null;
            /**
             * @description Seconds until the hold ends, at most the shortest time that its lines allow, which it is unless given.
             * @default null
             */
            ttl_seconds?: number | null;
            /**
             * @description Text to keep with it; never changed.
             * @default null
             */
            notes?: string | null;
            /**
             * @description People who come along; kept with it and counted nowhere.
             * @default null
             */
            guest_count?: number | null;
            /**
             * @description Members of your own to keep with it.
             * @default null
             */
            metadata?: Record<string, never> | null;
            /**
             * @description Take the units for good at once, so that nothing expires.
             * @default false
             */
            confirm?: boolean;
        };
        /**
         * LineRequest
         * @description One offering, named by `item` (its id), `sku` or `slot` (its id), and how many units.
         */
        LineRequest: {
            /** @description Units; lines on the same offering are summed before any check. */
            quantity: number;
            /**
             * @description The item's id; this, `sku` or `slot`.
             * @default null
             */
            item?: string | null;
            /**
             * @description The item's SKU; this, `item` or `slot`.
             * @default null
             */
            sku?: string | null;
            /**
             * @description The slot's id; this, `item` or `sku`.
             * @default null
             */
            slot?: string | null;
        };
        /**
         * ReservationView
         * @description A reservation as it stands at `server_time`.
         */
        ReservationView: {
            /** @description Keeps naming the reservation to its end. */
            id: string;
            /** @description `held`, `confirmed`, `released`, `expired`, `cancelled`, or, once someone was expected, `fulfilled` or `no_show`. */
            status: string;
            /** @description Whom it is for: a user's id, or the name that an operator gave. */
            customer: string | null;
            /** @description What it claims, an entry per offering. */
            lines: components["schemas"]["LineView"][];
            /** @description When it was placed. */
            created_at: string;
            /** @description From this instant on the hold is over; extending moves it. `null` if it was confirmed at once. */
            expires_at: string | null;
            /** @description Whole seconds left of the hold; `null` if it is not held. */
            ttl_seconds: number | null;
            /** @description The latest `expires_at` that extending can reach; `null` if none. */
            extend_until: string | null;
            /** @description Until then its customer can cancel or move it once it is confirmed: past if that is too late. `null` if it has no slot and always can be, or has ended. */
            cancellable_until: string | null;
            /** @description When it was made firm, if it was. */
            confirmed_at: string | null;
            /** @description When it was released, cancelled, checked in or expired, if it was. */
            ended_at: string | null;
            /** @description Why it was cancelled, if someone said so. */
            reason: string | null;
            /** @description Text that was kept with it. */
            notes: string | null;
            /** @description People who come along. */
            guest_count: number | null;
            /** @description Members of your own that were kept with it. */
            metadata: Record<string, never> | null;
            /** @description The actor that placed it; as in the ledger. */
            created_by: string;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * LineView
         * @description One offering of a reservation.
         */
        LineView: {
            /** @description The item's or slot's id; it never changes. */
            offering: string;
            /** @description The item's SKU; `null` for a slot. */
            sku: string | null;
            /** @description When the slot starts; `null` for an item. */
            starts_at: string | null;
            /** @description When the slot ends; `null` for an item. */
            ends_at: string | null;
            /** @description Units asked for: by the hold, or since by moving or releasing. */
            quantity: number;
            /** @description Units it claims for now: all or, once it ended, 0. */
            held: number;
            /** @description Units it claims for good, from confirming until cancelling. */
            confirmed: number;
            /** @description Of one unit when it was held; `null` if it had none. */
            unit_price: components["schemas"]["Price"] | null;
        };
        /**
         * Price
         * @description An amount of money.
         */
        Price: {
            /** @description Minor units, such as cents: 1999 EUR is 19.99 €. */
            amount: number;
            /** @description Three letters, as in ISO 4217. */
            currency: string;
        };
        /**
         * ConfirmRequest
         * @description Which lines to confirm (all, unless given), and whether to take them again if the hold has
         *         expired but they are still free.
         */
        ConfirmRequest: {
            /**
             * @description What to keep of each offering, at most what is held; the rest goes back on sale. All of it unless given.
             * @default null
             */
            lines?: components["schemas"]["LineRequest"][] | null;
            /**
             * @description If the hold has expired, take its units again, if they are still free.
             * @default false
             */
            reacquire?: boolean;
        };
        /**
         * ExtendRequest
         * @description How long from now the hold is to last at least.
         */
        ExtendRequest: {
            /** @description Seconds from now; at most until `extend_until`, never shorter. */
            ttl_seconds: number;
        };
        /**
         * ReleaseRequest
         * @description What to give back of a hold.
         */
        ReleaseRequest: {
            /**
             * @description What to give back, as units of each offering; all unless given.
             * @default null
             */
            lines?: components["schemas"]["LineRequest"][] | null;
        };
        /**
         * CancelRequest
         * @description What to give back of a confirmed reservation, and why.
         */
        CancelRequest: {
            /**
             * @description What to give back, as units of each offering; all unless given.
             * @default null
             */
            lines?: components["schemas"]["LineRequest"][] | null;
            /**
             * @description Why; kept with it and in the ledger.
             * @default null
             */
            reason?: string | null;
        };
        /**
         * MoveRequest
         * @description What the reservation is to be for instead.
         */
        MoveRequest: {
            /** @description All of what it is to be for; what is not named is given back. */
            lines: components["schemas"]["LineRequest"][];
        };
        /**
         * CheckInRequest
         * @description Whether the customer came.
         */
        CheckInRequest: {
            /**
             * @description `fulfilled` from two hours before the first slot on; `no_show` once the last has begun. Sent again, it puts a mistake right.
             * @default fulfilled
             * @enum {unknown}
             */
            outcome?: "fulfilled" | "no_show";
        };
        /**
         * ReservationsQuery
         * @description Which reservations to list.
         */
        ReservationsQuery: {
            /**
             * @description As of now: a hold whose time is over has expired.
             * @default null
             */
            status?: ("cancelled" | "confirmed" | "expired" | "fulfilled" | "held" | "no_show" | "released") | null;
            /**
             * @description Those with a line on this item or slot.
             * @default null
             */
            offering?: string | null;
            /**
             * @description Those of this customer, by a user's id, an e-mail address in any case of letters, or as the reservation has it.
             * @default null
             */
            customer?: string | null;
            /**
             * @description Placed at this instant or later; RFC 3339.
             * @default null
             */
            from?: string | null;
            /**
             * @description Placed before this instant; RFC 3339.
             * @default null
             */
            to?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 50
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * WaitRequest
         * @description What to wait for, named by `item` (its id), `sku` or `slot` (its id).
         */
        WaitRequest: {
            /** @description Units that are wanted: all of them at once, or none. */
            quantity: number;
            /**
             * @description The item's id; this, `sku` or `slot`.
             * @default null
             */
            item?: string | null;
            /**
             * @description The item's SKU; this, `item` or `slot`.
             * @default null
             */
            sku?: string | null;
            /**
             * @description The slot's id; this, `item` or `sku`.
             * @default null
             */
            slot?: string | null;
            /**
             * @description Who waits, if an operator asks for somebody: named as in a reservation. Otherwise whoever asks.
             * @default null
             */
            customer?: string | null;
        };
        /**
         * WaitView
         * @description A place in the line for an offering, as it stands at `server_time`.
         */
        WaitView: {
            /** @description The entry's id; it never changes. */
            id: string;
            /** @description The item's or slot's id; it never changes. */
            offering: string;
            /** @description The item's SKU; `null` for a slot. */
            sku: string | null;
            /** @description When the slot starts; `null` for an item. */
            starts_at: string | null;
            /** @description When the slot ends; `null` for an item. */
            ends_at: string | null;
            /** @description Who waits. */
            customer: string;
            /** @description Units that are wanted. */
            quantity: number;
            /**
             * @description `offered`: units are held by `reservation`, to be confirmed or declined; `lapsed`: that hold ended; `closed`: it became too late, or the slot was withdrawn.
             * @enum {unknown}
             */
            status: "accepted" | "closed" | "declined" | "lapsed" | "offered" | "waiting" | "withdrawn";
            /** @description 1 for whoever is next; `null` if not waiting any more, or if a long line has only just been joined. */
            position: number | null;
            /** @description Why it is not served yet, if it waits for something. */
            reason: ("insufficient_capacity" | "limit_exceeded" | "not_on_sale_yet" | "pool_busy" | "sale_ended" | "too_far_ahead" | "too_late_to_book") | null;
            /** @description The hold that is its offer, once there was one. */
            reservation: string | null;
            /** @description When the offer ends, or ended, if there was one. */
            offer_expires_at: string | null;
            /** @description When it was joined. */
            created_at: string;
            /** @description When it was over, if it is. */
            ended_at: string | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * WaitlistQuery
         * @description Which entries to list.
         */
        WaitlistQuery: {
            /**
             * @description Those for this item or slot, in the order of the line.
             * @default null
             */
            offering?: string | null;
            /**
             * @description Those of this customer, by a user's id, an e-mail address in any case of letters, or as the entry has it.
             * @default null
             */
            customer?: string | null;
            /**
             * @description As of now.
             * @default null
             */
            status?: ("accepted" | "closed" | "declined" | "lapsed" | "offered" | "waiting" | "withdrawn") | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 50
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * ItemRequest
         * @description A new item.
         */
        ItemRequest: {
            /**
             * @description Stock-keeping unit: unique in the organization, never changed.
             * @example FLASH-SALE-001
             */
            sku: string;
            /** @description What people call it; need not be unique. */
            name: string;
            /** @description Units there are to give at first. */
            capacity: number;
            /**
             * @description Text about it; `null` for none.
             * @default null
             */
            description?: string | null;
            /**
             * @description Of one unit; what is held already keeps the price it had.
             * @default null
             */
            price?: components["schemas"]["Price"] | null;
            /**
             * @description RFC 3339: before it nothing can be held; `null` for no such bound.
             * @default null
             */
            sale_starts_at?: string | null;
            /**
             * @description RFC 3339: from it on nothing can be held, but what is held can still be confirmed; `null` for no such bound.
             * @default null
             */
            sale_ends_at?: string | null;
            /**
             * @description Fewest units of one reservation.
             * @default 1
             */
            min_quantity?: number;
            /**
             * @description Most units of one reservation; `null` for no such limit.
             * @default null
             */
            max_quantity?: number | null;
            /**
             * @description Most units of one customer, held and confirmed together; `null` for no such limit.
             * @default null
             */
            max_per_customer?: number | null;
            /**
             * @description Seconds a hold on it lasts, at most too; `null` for the organization's.
             * @default null
             */
            hold_ttl_seconds?: number | null;
            /**
             * @description Members of your own to keep with it.
             * @default {}
             */
            metadata?: Record<string, never>;
        };
        /**
         * ItemView
         * @description An item and its counts at `server_time`.
         */
        ItemView: {
            /** @description The item's id; it never changes. */
            id: string;
            /** @description The item's SKU; it never changes. */
            sku: string;
            /** @description What people call the item; operators may change it. */
            name: string;
            /** @description Text about the item, if there is any. */
            description: string | null;
            /** @description Of one unit from now on; `null` if it has none. */
            price: components["schemas"]["Price"] | null;
            /** @description Units there are to give, promised or not. */
            capacity: number;
            /** @description Units promised for now; a hold that has ended counts no longer. */
            held: number;
            /** @description Units promised for good. */
            confirmed: number;
            /** @description Units that can be had: capacity less held less confirmed. */
            available: number;
            /** @description A lower capacity that is approached as units come back, if any. */
            draining_to: number | null;
            /** @description From then on it is on sale; `null`: always was. */
            sale_starts_at: string | null;
            /** @description From then on it is no longer on sale; `null`: never. */
            sale_ends_at: string | null;
            /** @description Fewest units of one reservation. */
            min_quantity: number;
            /** @description Most units of one reservation; `null`: any. */
            max_quantity: number | null;
            /** @description Units one customer may have, held and confirmed together; `null`: any. */
            max_per_customer: number | null;
            /** @description Seconds a hold on it lasts; `null`: what the organization has set. */
            hold_ttl_seconds: number | null;
            /** @description Members of your own. */
            metadata: Record<string, never>;
            /** @description Number of the newest ledger entry; one more with every change. */
            version: number;
            /** @description When it was put on sale. */
            created_at: string;
            /** @description When anything but its counts was last changed. */
            updated_at: string;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * ItemsRequest
         * @description Many new items: all of them or none.
         */
        ItemsRequest: {
            /** @description The items, each with a SKU of its own. */
            items: components["schemas"]["ItemRequest"][];
        };
        /**
         * ItemsQuery
         * @description Which items to list.
         */
        ItemsQuery: {
            /**
             * @description Text that the name or the SKU contains, in any case of letters.
             * @default null
             */
            search?: string | null;
            /**
             * @description The one item with exactly this SKU.
             * @default null
             */
            sku?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 50
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * ItemChange
         * @description What to change about an item; what is left out stays. `null` lifts a limit. The stock is
         *         changed by its own call.
         */
        ItemChange: {
            /** @description What people call it; need not be unique. */
            name?: string;
            /** @description Text about it; `null` for none. */
            description?: string | null;
            /** @description Of one unit; what is held already keeps the price it had. */
            price?: components["schemas"]["Price"] | null;
            /** @description RFC 3339: before it nothing can be held; `null` for no such bound. */
            sale_starts_at?: string | null;
            /** @description RFC 3339: from it on nothing can be held, but what is held can still be confirmed; `null` for no such bound. */
            sale_ends_at?: string | null;
            /** @description Fewest units of one reservation. */
            min_quantity?: number;
            /** @description Most units of one reservation; `null` for no such limit. */
            max_quantity?: number | null;
            /** @description Most units of one customer, held and confirmed together; `null` for no such limit. */
            max_per_customer?: number | null;
            /** @description Seconds a hold on it lasts, at most too; `null` for the organization's. */
            hold_ttl_seconds?: number | null;
            /** @description Members of your own to keep with it. */
            metadata?: Record<string, never>;
        };
        /**
         * CapacityRequest
         * @description Either the new `capacity`, optionally only if it still is `expected`, or a signed `delta`
         *         with a `reason`. With `drain` it may go below what is reserved: sales stop, and it comes down
         *         as units come back.
         */
        CapacityRequest: {
            /**
             * @description Units there are to be from now on; either this or `delta`.
             * @default null
             */
            capacity?: number | null;
            /**
             * @description Change it only if the capacity still is this; goes with `capacity`.
             * @default null
             */
            expected?: number | null;
            /**
             * @description Units to add, or to take away if negative.
             * @default null
             */
            delta?: number | null;
            /**
             * @description Go below what is reserved, step by step as units come back.
             * @default false
             */
            drain?: boolean;
            /**
             * @description Why, for the ledger; a `delta` needs one.
             * @default null
             */
            reason?: string | null;
        };
        /**
         * CapacityView
         * @description An offering's counts after its capacity was changed.
         */
        CapacityView: {
            /** @description The item's or slot's id; it never changes. */
            offering: string;
            /** @description Units there are to give, promised or not. */
            capacity: number;
            /** @description Units promised for now; a hold that has ended counts no longer. */
            held: number;
            /** @description Units promised for good. */
            confirmed: number;
            /** @description Units that can be had: capacity less held less confirmed. */
            available: number;
            /** @description A lower capacity that is approached as units come back, if any. */
            draining_to: number | null;
            /** @description Number of the newest ledger entry; one more with every change. */
            version: number;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * SiteRequest
         * @description A new site.
         */
        SiteRequest: {
            /** @description What people call it; unique in the organization. */
            name: string;
            /**
             * @description IANA time zone, by whose clocks its schedules and hours are meant.
             * @example Europe/Berlin
             */
            zone: string;
            /**
             * @description Where it is, on one line or several.
             * @default null
             */
            address?: string | null;
            /**
             * @description Length of the slots that its schedules make, unless one sets its own.
             * @default 30
             */
            slot_minutes?: number;
            /**
             * @description When it is open; a schedule may keep these hours.
             * @default []
             */
            opening_hours?: components["schemas"]["OpeningHours"][];
            /**
             * @description Times for which its schedules make no slots; what they have made for one before is withdrawn when each is regenerated.
             * @default []
             */
            blackouts?: components["schemas"]["Blackout"][];
            /**
             * @description Days ahead that customers can book here; `null`: the organization's.
             * @default null
             */
            horizon_days?: number | null;
            /**
             * @description Minutes before the start until which they can; `null`: likewise.
             * @default null
             */
            notice_minutes?: number | null;
            /**
             * @description Minutes before the start until which they can cancel; `null`: likewise.
             * @default null
             */
            cutoff_minutes?: number | null;
            /**
             * @description Most that one customer may book here over time.
             * @default null
             */
            customer_limit?: components["schemas"]["CustomerLimit"] | null;
            /**
             * @description Members of your own to keep with it.
             * @default {}
             */
            metadata?: Record<string, never>;
        };
        /**
         * OpeningHours
         * @description When a site is open on one day of the week, by its own clocks.
         */
        OpeningHours: {
            /**
             * @description Day of the week.
             * @enum {unknown}
             */
            day: "FR" | "MO" | "SA" | "SU" | "TH" | "TU" | "WE";
            /**
             * @description Wall-clock time of the site, such as `09:00`.
             * @example 09:00
             */
            opens: string;
            /**
             * @description Likewise; what is not later than `opens` is on the next day.
             * @example 09:00
             */
            closes: string;
        };
        /**
         * Blackout
         * @description A time for which no schedule of a site makes slots, by its own clocks. What one has made for
         *         it before is withdrawn when that schedule is regenerated.
         */
        Blackout: {
            /**
             * @description Wall-clock time of the site, or a date, which means its midnight.
             * @example 2030-12-24T12:00
             */
            starts: string;
            /**
             * @description Likewise: the first that is open again.
             * @example 2030-12-24T12:00
             */
            ends: string;
            /**
             * @description Why, for those who work there: `null` unless one of them asks.
             * @default null
             */
            reason?: string | null;
        };
        /**
         * CustomerLimit
         * @description At most so many units of a customer in slots that start within any such number of days.
         */
        CustomerLimit: {
            /** @description Most units. */
            units: number;
            /** @description Within so many days. */
            days: number;
        };
        /**
         * SiteView
         * @description A site: where slots take place, and by whose clocks.
         */
        SiteView: {
            /** @description The site's id; it never changes. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description Its IANA time zone. */
            zone: string;
            /** @description Where it is, if anybody said so. */
            address: string | null;
            /** @description Length of the slots that its schedules make, unless one differs. */
            slot_minutes: number;
            /** @description When it is open; a schedule may keep these hours. */
            opening_hours: components["schemas"]["OpeningHours"][];
            /** @description Times for which its schedules make no slots; what they have made for one before is withdrawn when each is regenerated. */
            blackouts: components["schemas"]["Blackout"][];
            /** @description Days ahead that customers can book here; `null`: the organization's. */
            horizon_days: number | null;
            /** @description Minutes before the start until which they can; `null`: likewise. */
            notice_minutes: number | null;
            /** @description Minutes before the start until which they can cancel; `null`: likewise. */
            cutoff_minutes: number | null;
            /** @description Most that one customer may book here over time. */
            customer_limit: components["schemas"]["CustomerLimit"] | null;
            /** @description Members of your own; `null` unless an auditor or an operator asks. */
            metadata: Record<string, never> | null;
            /** @description When it was made. */
            created_at: string;
            /** @description When it was last changed. */
            updated_at: string;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * SitesQuery
         * @description Which sites to list.
         */
        SitesQuery: {
            /**
             * @description Entries per page, 1 to 500.
             * @default 50
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * SiteChange
         * @description What to change about a site; what is left out stays. Slots that are there stay as they are,
         *         until the schedules that made them are regenerated.
         */
        SiteChange: {
            /** @description What people call it; unique in the organization. */
            name?: string;
            /**
             * @description IANA time zone, by whose clocks its schedules and hours are meant.
             * @example Europe/Berlin
             */
            zone?: string;
            /** @description Where it is, on one line or several. */
            address?: string | null;
            /** @description Length of the slots that its schedules make, unless one sets its own. */
            slot_minutes?: number;
            /** @description When it is open; a schedule may keep these hours. */
            opening_hours?: components["schemas"]["OpeningHours"][];
            /** @description Times for which its schedules make no slots; what they have made for one before is withdrawn when each is regenerated. */
            blackouts?: components["schemas"]["Blackout"][];
            /** @description Days ahead that customers can book here; `null`: the organization's. */
            horizon_days?: number | null;
            /** @description Minutes before the start until which they can; `null`: likewise. */
            notice_minutes?: number | null;
            /** @description Minutes before the start until which they can cancel; `null`: likewise. */
            cutoff_minutes?: number | null;
            /** @description Most that one customer may book here over time. */
            customer_limit?: components["schemas"]["CustomerLimit"] | null;
            /** @description Members of your own to keep with it. */
            metadata?: Record<string, never>;
        };
        /**
         * PoolRequest
         * @description A new pool.
         */
        PoolRequest: {
            /**
             * @description What its units are; this never changes.
             * @enum {unknown}
             */
            kind: "equipment" | "practitioner" | "room";
            /** @description What people call it; unique among those of its kind. */
            name: string;
            /**
             * @description How many there are; a room or a practitioner is always 1.
             * @default 1
             */
            units?: number;
            /**
             * @description Id of the site where it is at home; any site may require it.
             * @default null
             */
            site?: string | null;
            /**
             * @description Minutes before each use that count as taken, for getting ready.
             * @default 0
             */
            before_minutes?: number;
            /**
             * @description Minutes after each use that count as taken, for cleaning up.
             * @default 0
             */
            after_minutes?: number;
            /**
             * @description Members of your own to keep with it.
             * @default {}
             */
            metadata?: Record<string, never>;
        };
        /**
         * PoolView
         * @description Units that are lent for a time and come back.
         */
        PoolView: {
            /** @description The pool's id; it never changes. */
            id: string;
            /**
             * @description What its units are.
             * @enum {unknown}
             */
            kind: "equipment" | "practitioner" | "room";
            /** @description What people call it. */
            name: string;
            /** @description How many there are. */
            units: number;
            /** @description Id of the site where it is at home, if any. */
            site: string | null;
            /** @description Minutes before each use that count as taken. */
            before_minutes: number;
            /** @description Minutes after each use that count as taken. */
            after_minutes: number;
            /** @description Members of your own. */
            metadata: Record<string, never>;
            /** @description When it was made. */
            created_at: string;
            /** @description When it was last changed. */
            updated_at: string;
        };
        /**
         * PoolsQuery
         * @description Which pools to list.
         */
        PoolsQuery: {
            /**
             * @description Those of this kind.
             * @default null
             */
            kind?: ("equipment" | "practitioner" | "room") | null;
            /**
             * @description Those at home at this site.
             * @default null
             */
            site?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 50
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * PoolChange
         * @description What to change about a pool; what is left out stays. Slots that have units of it by now keep
         *         the buffers with which they took them.
         */
        PoolChange: {
            /** @description What people call it; unique among those of its kind. */
            name?: string;
            /** @description How many there are; a room or a practitioner is always 1. */
            units?: number;
            /** @description Id of the site where it is at home; any site may require it. */
            site?: string | null;
            /** @description Minutes before each use that count as taken, for getting ready. */
            before_minutes?: number;
            /** @description Minutes after each use that count as taken, for cleaning up. */
            after_minutes?: number;
            /** @description Members of your own to keep with it. */
            metadata?: Record<string, never>;
        };
        /**
         * LoansQuery
         * @description Of which time to list what a pool has lent.
         */
        LoansQuery: {
            /**
             * Format: date-time
             * @description What is lent at this instant or later.
             * @example 2030-01-31T18:00:00Z
             */
            from: string;
            /**
             * Format: date-time
             * @description What is lent before this instant.
             * @example 2030-01-31T18:00:00Z
             */
            to: string;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * LoanView
         * @description Units of a pool that are taken for a time, buffers included.
         */
        LoanView: {
            /** @description Id of the slot that takes them. */
            slot: string;
            /** @description What people call the slot. */
            title: string;
            /**
             * @description Whether the slot itself took them, or each of its reservations takes some.
             * @enum {unknown}
             */
            per: "reservation" | "slot";
            /** @description How many, for all of its reservations together. */
            units: number;
            /** @description From when on, getting ready included. */
            starts_at: string;
            /** @description Until when, cleaning up included. */
            ends_at: string;
        };
        /**
         * SlotRequest
         * @description A new slot. Its time and place never change.
         */
        SlotRequest: {
            /** @description Id of the site where it takes place. */
            site: string;
            /** @description What it is for, such as a procedure or a service. */
            title: string;
            /**
             * Format: date-time
             * @description RFC 3339, with its offset; not in the past.
             * @example 2030-01-31T18:00:00Z
             */
            starts_at: string;
            /**
             * @description RFC 3339, at most 366 days later; this or `minutes`.
             * @default null
             */
            ends_at?: string | null;
            /**
             * @description How long it lasts; this or `ends_at`.
             * @default null
             */
            minutes?: number | null;
            /**
             * @description Text about it; `null` for none.
             * @default null
             */
            description?: string | null;
            /**
             * @description Units there are to give at first.
             * @default 1
             */
            capacity?: number;
            /**
             * @description Id of the room that it takes when it is published; `null` for none.
             * @default null
             */
            room?: string | null;
            /**
             * @description Id of the practitioner it takes when it is published; `null` for none.
             * @default null
             */
            practitioner?: string | null;
            /**
             * @description What else it takes from pools, each pool once.
             * @default []
             */
            requirements?: components["schemas"]["RequirementRequest"][];
            /**
             * @description Whether it can be booked at all; `false` closes it for a while.
             * @default true
             */
            open?: boolean;
            /**
             * @description Of one unit; what is held already keeps the price it had.
             * @default null
             */
            price?: components["schemas"]["Price"] | null;
            /**
             * @description RFC 3339: before it nothing can be held; `null` for no such bound.
             * @default null
             */
            sale_starts_at?: string | null;
            /**
             * @description RFC 3339: from it on nothing can be held, but what is held can still be confirmed; `null` for no such bound.
             * @default null
             */
            sale_ends_at?: string | null;
            /**
             * @description Fewest units of one reservation.
             * @default 1
             */
            min_quantity?: number;
            /**
             * @description Most units of one reservation; `null` for no such limit.
             * @default null
             */
            max_quantity?: number | null;
            /**
             * @description Most units of one customer, held and confirmed together; `null` for no such limit.
             * @default null
             */
            max_per_customer?: number | null;
            /**
             * @description Seconds a hold on it lasts, at most too; `null` for the organization's.
             * @default null
             */
            hold_ttl_seconds?: number | null;
            /**
             * @description Members of your own to keep with it.
             * @default {}
             */
            metadata?: Record<string, never>;
        };
        /**
         * RequirementRequest
         * @description What a slot takes from a pool.
         */
        RequirementRequest: {
            /** @description The pool's id. */
            pool: string;
            /**
             * @description How many it takes.
             * @default 1
             */
            units?: number;
            /**
             * @description `slot`: from when the slot is published; `reservation`: with each reservation of it, as long as that lives.
             * @default reservation
             * @enum {unknown}
             */
            per?: "reservation" | "slot";
        };
        /**
         * SlotView
         * @description A slot and its counts at `server_time`.
         */
        SlotView: {
            /** @description The slot's id; it never changes. */
            id: string;
            /** @description Id of the site where it takes place. */
            site: string;
            /** @description What people call the site. */
            site_name: string;
            /** @description The site's IANA time zone, to show times in. */
            zone: string;
            /** @description What it is for. */
            title: string;
            /** @description Text about it, if there is any. */
            description: string | null;
            /** @description When it starts. */
            starts_at: string;
            /** @description When it is over: the first instant after it. */
            ends_at: string;
            /** @description Units there are to give, promised or not. */
            capacity: number;
            /** @description Units promised for now; a hold that has ended counts no longer. */
            held: number;
            /** @description Units promised for good. */
            confirmed: number;
            /** @description Units that can be had: capacity less held less confirmed. */
            available: number;
            /** @description A lower capacity that is approached as units come back, if any. */
            draining_to: number | null;
            /** @description Waitlist entries that wait or have an open offer. */
            waiting: number;
            /** @description Whether it can be booked at all. */
            open: boolean;
            /** @description Whether a customer can book the fewest units of it now. */
            bookable: boolean;
            /** @description Why no customer can have it now, in the order in which it is checked. */
            reason: ("not_on_sale_yet" | "pool_busy" | "sale_ended" | "sold_out" | "too_far_ahead" | "too_late_to_book") | null;
            /** @description The room that it has taken, if any. */
            room: components["schemas"]["PoolName"] | null;
            /** @description The practitioner that it has taken, if any. */
            practitioner: components["schemas"]["PoolName"] | null;
            /** @description What else it takes from pools. */
            requirements: components["schemas"]["RequirementView"][];
            /** @description Id of the schedule that made it, if any. */
            schedule: string | null;
            /** @description Of one unit from now on; `null` if it has none. */
            price: components["schemas"]["Price"] | null;
            /** @description From then on it is on sale; `null`: always was. */
            sale_starts_at: string | null;
            /** @description From then on it is no longer on sale; `null`: never. */
            sale_ends_at: string | null;
            /** @description Fewest units of one reservation. */
            min_quantity: number;
            /** @description Most units of one reservation; `null`: any. */
            max_quantity: number | null;
            /** @description Units one customer may have, held and confirmed together; `null`: any. */
            max_per_customer: number | null;
            /** @description Seconds a hold on it lasts; `null`: what the organization has set. */
            hold_ttl_seconds: number | null;
            /** @description Members of your own; `null` unless an auditor or an operator asks. */
            metadata: Record<string, never> | null;
            /** @description Number of the newest ledger entry; one more with every change. */
            version: number;
            /** @description When it was published. */
            created_at: string;
            /** @description When anything but its counts was last changed. */
            updated_at: string;
            /** @description When it was closed for good, if it was. */
            withdrawn_at: string | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * PoolName
         * @description A room or a practitioner.
         */
        PoolName: {
            /** @description The pool's id. */
            id: string;
            /** @description What people call it. */
            name: string;
        };
        /**
         * RequirementView
         * @description What a slot takes from a pool.
         */
        RequirementView: {
            /** @description The pool's id. */
            pool: string;
            /** @description What people call the pool. */
            name: string;
            /**
             * @description What its units are.
             * @enum {unknown}
             */
            kind: "equipment" | "practitioner" | "room";
            /** @description How many it takes. */
            units: number;
            /**
             * @description By being published, or with each reservation.
             * @enum {unknown}
             */
            per: "reservation" | "slot";
        };
        /**
         * SlotsRequest
         * @description Many new slots: all of them or none.
         */
        SlotsRequest: {
            /** @description The slots, in any order of time. */
            slots: components["schemas"]["SlotRequest"][];
        };
        /**
         * SlotsQuery
         * @description Which slots to list.
         */
        "firmhold.doors.rest.shapes.slots.SlotsQuery": {
            /**
             * @description Those at this site.
             * @default null
             */
            site?: string | null;
            /**
             * @description Those that take from this pool.
             * @default null
             */
            pool?: string | null;
            /**
             * @description Those that this schedule made.
             * @default null
             */
            schedule?: string | null;
            /**
             * @description Those that start at this instant or later; RFC 3339.
             * @default null
             */
            from?: string | null;
            /**
             * @description Those that start before this instant; RFC 3339.
             * @default null
             */
            to?: string | null;
            /**
             * @description Only those that a customer could book now.
             * @default false
             */
            bookable?: boolean;
            /**
             * @description Those that were withdrawn, too.
             * @default false
             */
            withdrawn?: boolean;
            /**
             * @description Entries per page, 1 to 500.
             * @default 50
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * SlotChange
         * @description What to change about a slot; what is left out stays. Its time and place cannot change, and
         *         how many units there are is changed by its own call.
         */
        SlotChange: {
            /** @description What it is for, such as a procedure or a service. */
            title?: string;
            /** @description Text about it; `null` for none. */
            description?: string | null;
            /** @description Id of the room that it takes when it is published; `null` for none. */
            room?: string | null;
            /** @description Id of the practitioner it takes when it is published; `null` for none. */
            practitioner?: string | null;
            /** @description What else it takes from pools, each pool once. */
            requirements?: components["schemas"]["RequirementRequest"][];
            /** @description Whether it can be booked at all; `false` closes it for a while. */
            open?: boolean;
            /** @description Of one unit; what is held already keeps the price it had. */
            price?: components["schemas"]["Price"] | null;
            /** @description RFC 3339: before it nothing can be held; `null` for no such bound. */
            sale_starts_at?: string | null;
            /** @description RFC 3339: from it on nothing can be held, but what is held can still be confirmed; `null` for no such bound. */
            sale_ends_at?: string | null;
            /** @description Fewest units of one reservation. */
            min_quantity?: number;
            /** @description Most units of one reservation; `null` for no such limit. */
            max_quantity?: number | null;
            /** @description Most units of one customer, held and confirmed together; `null` for no such limit. */
            max_per_customer?: number | null;
            /** @description Seconds a hold on it lasts, at most too; `null` for the organization's. */
            hold_ttl_seconds?: number | null;
            /** @description Members of your own to keep with it. */
            metadata?: Record<string, never>;
        };
        /**
         * SlotMove
         * @description Where to move a slot; room and practitioner that are left out stay.
         */
        SlotMove: {
            /**
             * Format: date-time
             * @description RFC 3339, with its offset; not in the past.
             * @example 2030-01-31T18:00:00Z
             */
            starts_at: string;
            /**
             * @description RFC 3339; this, `minutes`, or neither for as long as it is.
             * @default null
             */
            ends_at?: string | null;
            /**
             * @description How long it lasts; this, `ends_at`, or neither for as long as it is.
             * @default null
             */
            minutes?: number | null;
            /** @description Id of the room that it takes when it is published; `null` for none. */
            room?: string | null;
            /** @description Id of the practitioner it takes when it is published; `null` for none. */
            practitioner?: string | null;
        };
        /**
         * WithdrawQuery
         * @description Why a slot is withdrawn.
         */
        WithdrawQuery: {
            /**
             * @description Why; kept in the ledger.
             * @default null
             */
            reason?: string | null;
        };
        /**
         * ImportQuery
         * @description Where a file's slots take place, and what becomes of it if not all of it is good.
         */
        ImportQuery: {
            /** @description Id of the site where they take place. */
            site: string;
            /**
             * @description `skip`: take what is good; `abort`: nothing unless all of it is.
             * @default abort
             * @enum {unknown}
             */
            on_error?: "abort" | "skip";
            /**
             * @description IANA time zone of times without offset or zone, and of zones in a calendar that nobody knows; unless given, the former are by the site's clocks and the latter are not taken.
             * @default null
             */
            zone?: string | null;
        };
        /**
         * SlotsImported
         * @description What became of a file.
         */
        SlotsImported: {
            /** @description Slots that are there now. */
            created: number;
            /** @description Those that were not taken, the first thousand in their order. */
            rejected: components["schemas"]["RejectedRow"][];
            /** @description How many were not taken in all. */
            rejected_count: number;
            /** @description Events without a start between now and a year from now, left out. */
            outside: number;
            /** @description Events that only say that they are off. */
            cancelled: number;
        };
        /**
         * RejectedRow
         * @description A row or an event of a file that did not become a slot.
         */
        RejectedRow: {
            /** @description Where it begins in the file, counted from 1. */
            line: number;
            /** @description The event's UID; `null` for a row of CSV. */
            uid: string | null;
            /** @description The column that is wrong, if it is one. */
            field: string | null;
            /** @description Why it was not taken. */
            reason: string;
        };
        /**
         * ScheduleRequest
         * @description A new schedule, and what its slots are. All its dates and times are those of the site.
         */
        ScheduleRequest: {
            /** @description Id of the site; this never changes. */
            site: string;
            /** @description What it is for, such as a procedure or a service. */
            title: string;
            /**
             * @description RFC 5545: the dates on which there are slots, by the site's clocks.
             * @example FREQ=WEEKLY;BYDAY=MO,WE
             */
            rule: string;
            /**
             * @description The first date; today unless given.
             * @default null
             */
            starts_on?: string | null;
            /**
             * @description The last date; `null`: goes on.
             * @default null
             */
            ends_on?: string | null;
            /**
             * @description Hours of each date; the opening hours of the site unless given.
             * @default null
             */
            sessions?: components["schemas"]["Session"][] | null;
            /**
             * @description Length of a slot; `null`: as the site has it.
             * @default null
             */
            slot_minutes?: number | null;
            /**
             * @description Minutes between a slot and the next one of its session.
             * @default 0
             */
            gap_minutes?: number;
            /**
             * @description Parts of each date that no slot reaches into, such as lunch.
             * @default []
             */
            breaks?: components["schemas"]["Break"][];
            /**
             * @description Single dates that are different, each once.
             * @default []
             */
            overrides?: components["schemas"]["Override"][];
            /**
             * @description Text about it; `null` for none.
             * @default null
             */
            description?: string | null;
            /**
             * @description Units that each slot has to give.
             * @default 1
             */
            capacity?: number;
            /**
             * @description Id of the room that it takes when it is published; `null` for none.
             * @default null
             */
            room?: string | null;
            /**
             * @description Id of the practitioner it takes when it is published; `null` for none.
             * @default null
             */
            practitioner?: string | null;
            /**
             * @description What else it takes from pools, each pool once.
             * @default []
             */
            requirements?: components["schemas"]["RequirementRequest"][];
            /**
             * @description Of one unit; what is held already keeps the price it had.
             * @default null
             */
            price?: components["schemas"]["Price"] | null;
            /**
             * @description RFC 3339: before it nothing can be held; `null` for no such bound.
             * @default null
             */
            sale_starts_at?: string | null;
            /**
             * @description RFC 3339: from it on nothing can be held, but what is held can still be confirmed; `null` for no such bound.
             * @default null
             */
            sale_ends_at?: string | null;
            /**
             * @description Fewest units of one reservation.
             * @default 1
             */
            min_quantity?: number;
            /**
             * @description Most units of one reservation; `null` for no such limit.
             * @default null
             */
            max_quantity?: number | null;
            /**
             * @description Most units of one customer, held and confirmed together; `null` for no such limit.
             * @default null
             */
            max_per_customer?: number | null;
            /**
             * @description Seconds a hold on it lasts, at most too; `null` for the organization's.
             * @default null
             */
            hold_ttl_seconds?: number | null;
            /**
             * @description Members of your own to keep with it.
             * @default {}
             */
            metadata?: Record<string, never>;
        };
        /**
         * Session
         * @description A part of a day in which slots are offered, by the site's clocks.
         */
        Session: {
            /**
             * @description Wall-clock time of the site, such as `09:00`.
             * @example 09:00
             */
            opens: string;
            /**
             * @description Likewise; what is not later than `opens` is on the next day.
             * @example 09:00
             */
            closes: string;
        };
        /**
         * Break
         * @description A part of a day into which no slot reaches, by the site's clocks.
         */
        Break: {
            /**
             * @description Wall-clock time of the site, such as `12:00`.
             * @example 09:00
             */
            starts: string;
            /**
             * @description Likewise; what is not later than `starts` is on the next day.
             * @example 09:00
             */
            ends: string;
        };
        /**
         * Override
         * @description What one date keeps instead of its usual hours: it is `closed`, or it has `sessions` of its
         *         own, also if the rule does not fall on it.
         */
        Override: {
            /**
             * Format: date
             * @description The date, by the site's clocks.
             */
            on: string;
            /**
             * @description Whether there are no slots at all.
             * @default false
             */
            closed?: boolean;
            /**
             * @description The hours of this date.
             * @default []
             */
            sessions?: components["schemas"]["Session"][];
            /**
             * @description The breaks of this date; `null`: the usual ones.
             * @default null
             */
            breaks?: components["schemas"]["Break"][] | null;
        };
        /**
         * PreviewQuery
         * @description What a preview is compared with.
         */
        PreviewQuery: {
            /**
             * @description Id of the schedule that would say this instead; none: a new one.
             * @default null
             */
            schedule?: string | null;
        };
        /**
         * PreviewView
         * @description What a schedule would come to.
         */
        PreviewView: {
            /** @description The site's IANA time zone, to show times in. */
            zone: string;
            /** @description Slots that would be made, in the order of time; the first thousand. */
            slots: components["schemas"]["PlannedView"][];
            /** @description What would become of its slots. */
            report: components["schemas"]["ReportView"];
        };
        /**
         * PlannedView
         * @description A slot that would be made.
         */
        PlannedView: {
            /** @description When it would start. */
            starts_at: string;
            /** @description When it would end. */
            ends_at: string;
        };
        /**
         * ReportView
         * @description What became of a schedule's slots, or would.
         */
        ReportView: {
            /**
             * Format: date
             * @description The last date that was looked at.
             */
            until: string;
            /** @description Whether there is more after it, which is seen to within minutes. */
            unfinished: boolean;
            /** @description Slots that were made. */
            created: number;
            /** @description Slots that are there and as they should be. */
            kept: number;
            /** @description Slots that were taken back, also if one was made in their place. */
            withdrawn: number;
            /** @description Slots that are not as they should be, and stay; the first thousand. */
            left_alone: components["schemas"]["LeftAlone"][];
            /** @description Slots that could not be made; the first thousand. */
            conflicts: components["schemas"]["Conflict"][];
            /** @description What is to be said about single dates; the first thousand. */
            notes: components["schemas"]["PlanNote"][];
            /** @description How many more entries these three lists would have. */
            not_shown: number;
        };
        /**
         * LeftAlone
         * @description A slot that is not what its schedule says, and stays.
         */
        LeftAlone: {
            /** @description The slot's id. */
            slot: string;
            /** @description When it starts. */
            starts_at: string;
            /** @description When it ends. */
            ends_at: string;
            /**
             * @description `by_hand`: somebody has changed it since it was made; `withdrawn`: somebody has withdrawn it, and no slot is made in its place.
             * @enum {unknown}
             */
            reason: "by_hand" | "reserved" | "waited_for" | "withdrawn";
        };
        /**
         * Conflict
         * @description A slot that cannot be made, because a pool has lent too much at that time, or another slot of
         *         the schedule is there and stays.
         */
        Conflict: {
            /** @description When it would start. */
            starts_at: string;
            /** @description When it would end. */
            ends_at: string;
            /** @description The pool's id, if it is one. */
            pool: string | null;
            /** @description What people call the pool. */
            pool_name: string | null;
            /** @description Id of the slot that is there, if it is one. */
            slot: string | null;
            /** @description From then on it is taken, buffers included. */
            busy_from: string;
            /** @description Until then. */
            busy_until: string;
        };
        /**
         * PlanNote
         * @description Why some slots are not simply what the sessions say.
         */
        PlanNote: {
            /**
             * @description `skipped`, `moved`, `repeated`: the clocks are changed on that day. `overlap`: the night before lasts into it, or another schedule has slots then.
             * @enum {unknown}
             */
            kind: "blackout" | "break" | "closed" | "moved" | "other_hours" | "overlap" | "repeated" | "skipped";
            /**
             * Format: date
             * @description The first date that it concerns.
             */
            first: string;
            /**
             * Format: date
             * @description The last date that it concerns.
             */
            last: string;
            /** @description How many slots it concerns. */
            slots: number;
            /** @description One sentence for a person. */
            detail: string;
        };
        /**
         * ScheduleAnswer
         * @description A schedule, and what became of its slots.
         */
        ScheduleAnswer: {
            /** @description The schedule as it is now. */
            schedule: components["schemas"]["ScheduleView"];
            /** @description What became of its slots by this call. */
            report: components["schemas"]["ReportView"];
        };
        /**
         * ScheduleView
         * @description A recurrence rule that makes slots, up to as far ahead as they can be booked.
         */
        ScheduleView: {
            /** @description The schedule's id; it never changes. */
            id: string;
            /** @description Id of the site. */
            site: string;
            /** @description What its slots are for. */
            title: string;
            /** @description Text about its slots, if any. */
            description: string | null;
            /** @description RFC 5545: the dates on which there are slots. */
            rule: string;
            /**
             * Format: date
             * @description The first date.
             */
            starts_on: string;
            /** @description The last date; `null`: goes on. */
            ends_on: string | null;
            /** @description Hours of each date. */
            sessions: components["schemas"]["Session"][];
            /** @description Length of a slot; `null`: as the site has it. */
            slot_minutes: number | null;
            /** @description Minutes between a slot and the next one of its session. */
            gap_minutes: number;
            /** @description Parts of each date that no slot reaches into, such as lunch. */
            breaks: components["schemas"]["Break"][];
            /** @description Single dates that are different. */
            overrides: components["schemas"]["Override"][];
            /** @description Units that each slot has to give. */
            capacity: number;
            /** @description The room that each slot takes, if any. */
            room: components["schemas"]["PoolName"] | null;
            /** @description The practitioner that each slot takes, if any. */
            practitioner: components["schemas"]["PoolName"] | null;
            /** @description What else each slot takes from pools. */
            requirements: components["schemas"]["RequirementView"][];
            /** @description Of one unit from now on; `null` if it has none. */
            price: components["schemas"]["Price"] | null;
            /** @description From then on it is on sale; `null`: always was. */
            sale_starts_at: string | null;
            /** @description From then on it is no longer on sale; `null`: never. */
            sale_ends_at: string | null;
            /** @description Fewest units of one reservation. */
            min_quantity: number;
            /** @description Most units of one reservation; `null`: any. */
            max_quantity: number | null;
            /** @description Units one customer may have, held and confirmed together; `null`: any. */
            max_per_customer: number | null;
            /** @description Seconds a hold on it lasts; `null`: what the organization has set. */
            hold_ttl_seconds: number | null;
            /** @description Members of your own. */
            metadata: Record<string, never>;
            /** @description Whether it goes on making slots. */
            active: boolean;
            /** @description Its slots are there, and as it says, up to the end of this date. */
            generated_until: string | null;
            /** @description Why its slots could not be extended the last time it was tried, if so. */
            refusal: string | null;
            /** @description One more with each change of what it says. */
            version: number;
            /** @description When it was made. */
            created_at: string;
            /** @description When it was last changed. */
            updated_at: string;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * SchedulesQuery
         * @description Which schedules to list.
         */
        SchedulesQuery: {
            /**
             * @description Those of this site.
             * @default null
             */
            site?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 50
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * ScheduleChange
         * @description What to change about a schedule; what is left out stays. Its slots are made anew by it, but
         *         for those that are reserved, waited for or were changed by somebody; if it has been stopped, not
         *         before it is started.
         */
        ScheduleChange: {
            /** @description What it is for, such as a procedure or a service. */
            title?: string;
            /**
             * @description RFC 5545: the dates on which there are slots, by the site's clocks.
             * @example FREQ=WEEKLY;BYDAY=MO,WE
             */
            rule?: string;
            /**
             * Format: date
             * @description The first date.
             */
            starts_on?: string;
            /** @description The last date; `null`: goes on. */
            ends_on?: string | null;
            /** @description Hours of each date. */
            sessions?: components["schemas"]["Session"][];
            /** @description Length of a slot; `null`: as the site has it. */
            slot_minutes?: number | null;
            /** @description Minutes between a slot and the next one of its session. */
            gap_minutes?: number;
            /** @description Parts of each date that no slot reaches into, such as lunch. */
            breaks?: components["schemas"]["Break"][];
            /** @description Single dates that are different, each once. */
            overrides?: components["schemas"]["Override"][];
            /** @description Text about it; `null` for none. */
            description?: string | null;
            /** @description Units that each slot has to give. */
            capacity?: number;
            /** @description Id of the room that it takes when it is published; `null` for none. */
            room?: string | null;
            /** @description Id of the practitioner it takes when it is published; `null` for none. */
            practitioner?: string | null;
            /** @description What else it takes from pools, each pool once. */
            requirements?: components["schemas"]["RequirementRequest"][];
            /** @description Of one unit; what is held already keeps the price it had. */
            price?: components["schemas"]["Price"] | null;
            /** @description RFC 3339: before it nothing can be held; `null` for no such bound. */
            sale_starts_at?: string | null;
            /** @description RFC 3339: from it on nothing can be held, but what is held can still be confirmed; `null` for no such bound. */
            sale_ends_at?: string | null;
            /** @description Fewest units of one reservation. */
            min_quantity?: number;
            /** @description Most units of one reservation; `null` for no such limit. */
            max_quantity?: number | null;
            /** @description Most units of one customer, held and confirmed together; `null` for no such limit. */
            max_per_customer?: number | null;
            /** @description Seconds a hold on it lasts, at most too; `null` for the organization's. */
            hold_ttl_seconds?: number | null;
            /** @description Members of your own to keep with it. */
            metadata?: Record<string, never>;
        };
        /**
         * StopQuery
         * @description What becomes of the slots of a schedule that is stopped.
         */
        StopQuery: {
            /**
             * @description Whether those to come that nobody has reserved are withdrawn.
             * @default true
             */
            withdraw?: boolean;
        };
        /**
         * FeedQuery
         * @description How a calendar is opened where not everyone may see it.
         */
        FeedQuery: {
            /**
             * @description The calendar's own token, where the catalogue is not public.
             * @default null
             */
            token?: string | null;
        };
        /**
         * FeedTokenView
         * @description What opens the calendar of one site, and nothing else.
         */
        FeedTokenView: {
            /** @description To be sent as `?token=` of the site's calendar. */
            token: string;
            /** @description The calendar's address on this server, token included. */
            path: string;
            /** @description From then on it opens nothing. */
            expires_at: string;
        };
        /**
         * FeedTokensWithdrawn
         * @description The tokens of a site's calendar, which open nothing any more.
         */
        FeedTokensWithdrawn: {
            /** @description The site's id. */
            site: string;
            /** @description That of tokens made from now on; all with a lower one are void. */
            version: number;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * AvailabilityQuery
         * @description The instant to look at; now, unless given.
         */
        AvailabilityQuery: {
            /**
             * @description RFC 3339, not in the future; now unless given.
             * @default null
             */
            at?: string | null;
        };
        /**
         * AvailabilityView
         * @description What is left of an offering, and why it cannot be had if it cannot.
         */
        AvailabilityView: {
            /** @description The item's or slot's id; it never changes. */
            offering: string;
            /** @description Units there are to give, promised or not. */
            capacity: number;
            /** @description Units promised for now; a hold that has ended counts no longer. */
            held: number;
            /** @description Units promised for good. */
            confirmed: number;
            /** @description Units that can be had: capacity less held less confirmed. */
            available: number;
            /** @description Whether a customer can have the fewest units of a hold now. */
            bookable: boolean;
            /** @description Why no customer can have it now, in the order in which it is checked. */
            reason: ("not_on_sale_yet" | "pool_busy" | "sale_ended" | "sold_out" | "too_far_ahead" | "too_late_to_book") | null;
            /** @description From when on, if it is too early now. */
            bookable_from: string | null;
            /** @description Until when it was possible, if it is too late now. */
            bookable_until: string | null;
            /** @description What it requires and cannot have, if `pool_busy`. */
            busy: components["schemas"]["BusyView"] | null;
            /** @description Waitlist entries that wait or have an open offer. */
            waiting: number;
            /** @description When the next hold on it ends, unless that is moved. */
            next_expiry: string | null;
            /** @description Number of the newest ledger entry; one more with every change. */
            version: number;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * BusyView
         * @description A pool that has too little left at that time for one more reservation.
         */
        BusyView: {
            /** @description The pool's id. */
            pool: string;
            /** @description What people call it. */
            name: string;
            /** @description From then on most of it is taken, buffers included. */
            busy_from: string;
            /** @description Until then. */
            busy_until: string;
        };
        /**
         * CountsView
         * @description The counts of an offering as they stood at an instant.
         */
        "firmhold.doors.rest.shapes.offerings.CountsView": {
            /** @description The item's or slot's id; it never changes. */
            offering: string;
            /** @description The instant that was asked for. */
            at: string;
            /** @description Units there are to give, promised or not. */
            capacity: number;
            /** @description Units promised for now; a hold that has ended counts no longer. */
            held: number;
            /** @description Units promised for good. */
            confirmed: number;
            /** @description Units that can be had: capacity less held less confirmed. */
            available: number;
            /** @description Number of the newest ledger entry; one more with every change. */
            version: number;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * LedgerQuery
         * @description Which part of the ledger, and from which end.
         */
        LedgerQuery: {
            /**
             * @description Those about this reservation; all unless given.
             * @default null
             */
            reservation?: string | null;
            /**
             * @description Which entries come first.
             * @default oldest
             * @enum {unknown}
             */
            order?: "newest" | "oldest";
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * EntryView
         * @description One change to an offering, and the counts that it left. It never changes.
         */
        EntryView: {
            /** @description Its number: 1, 2, 3 and so on for each offering. */
            seq: number;
            /**
             * @description What happened.
             * @enum {unknown}
             */
            kind: "cancelled" | "capacity_adjusted" | "capacity_set" | "confirmed" | "created" | "expired" | "extended" | "fulfilled" | "held" | "moved" | "no_show" | "reacquired" | "released" | "unlisted" | "updated" | "waitlisted";
            /** @description When it happened, by the server's clock. */
            at: string;
            /** @description Whose doing it was, such as `user:usr_…`. */
            actor: string;
            /** @description The reservation it is about, if it is about one. */
            reservation: string | null;
            /** @description Units of capacity more, or fewer. */
            capacity_delta: number;
            /** @description Units held more, or fewer. */
            held_delta: number;
            /** @description Units confirmed more, or fewer. */
            confirmed_delta: number;
            /** @description Capacity after it. */
            capacity: number;
            /** @description Units held after it. */
            held: number;
            /** @description Units confirmed after it. */
            confirmed: number;
            /** @description Why, if someone said so. */
            reason: string | null;
            /** @description The hold's end as it stood after it, if it has one. */
            hold_expires_at: string | null;
        };
        /**
         * OrganizationView
         * @description What an organization allows.
         */
        OrganizationView: {
            /** @description The organization's id; it never changes. */
            id: string;
            /** @description Its name in `X-Organization`; it never changes. */
            slug: string;
            /** @description What people call it. */
            name: string;
            /** @description Seconds a hold lasts, at most too, where an item sets no others. */
            hold_ttl_seconds: number;
            /** @description Holds a customer may have at a time; `null`: any. */
            max_live_holds: number | null;
            /** @description Whether someone with nothing but an e-mail address may hold. */
            guest_holds: boolean;
            /** @description Whether items, sites, slots and what is left are shown to anyone. */
            public_catalogue: boolean;
            /** @description Days ahead that customers can book, unless a site sets its own. */
            horizon_days: number;
            /** @description Minutes before the start until which they can, unless a site does. */
            notice_minutes: number;
            /** @description Minutes before the start until which they can cancel, likewise. */
            cutoff_minutes: number;
            /** @description Seconds for which units are held for someone on the waitlist. */
            offer_ttl_seconds: number;
            /** @description Whether people may make themselves customers. */
            open_registration: boolean;
        };
        /**
         * OrganizationChange
         * @description What to change; what is left out stays.
         */
        OrganizationChange: {
            /** @description What people call it. */
            name?: string;
            /** @description Seconds for new holds, at most too, where an item sets no others. */
            hold_ttl_seconds?: number;
            /** @description Holds a customer may have at a time; `null` lifts the limit. */
            max_live_holds?: number | null;
            /** @description Whether someone with nothing but an e-mail address may hold. */
            guest_holds?: boolean;
            /** @description Whether items, sites, slots and what is left are shown to anyone. */
            public_catalogue?: boolean;
            /** @description Days ahead that customers can book, unless a site sets its own. */
            horizon_days?: number;
            /** @description Minutes before the start until which they can, unless a site does. */
            notice_minutes?: number;
            /** @description Minutes before the start until which they can cancel, likewise. */
            cutoff_minutes?: number;
            /** @description Seconds for which units are held for someone on the waitlist. */
            offer_ttl_seconds?: number;
            /** @description Whether people may make themselves customers. */
            open_registration?: boolean;
        };
        /**
         * ActsQuery
         * @description Which acts.
         */
        ActsQuery: {
            /**
             * @description Those of this kind: `create_user`.
             * @default null
             */
            kind?: string | null;
            /**
             * @description Those of this actor, as `user:usr_…`.
             * @default null
             */
            actor?: string | null;
            /**
             * @description Those about this, such as `usr_…`.
             * @default null
             */
            subject?: string | null;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * ActView
         * @description Something done by those who work here, or for or against security. It never changes, but for
         *         what is personal in it, which may be erased.
         */
        ActView: {
            /** @description Begins with `act_`. */
            id: string;
            /** @description The operation's name, or what no operation says, such as `session_opened` or `sign_in_refused`. */
            kind: string;
            /** @description Whose doing it was, such as `user:usr_…`. */
            actor: string;
            /** @description To whom or what. */
            subject: string | null;
            /** @description What was asked for, or what else is known. */
            facts: Record<string, never>;
            /** @description When, by the server's clock. */
            at: string;
        };
        /**
         * CheckpointView
         * @description A signed checkpoint: keep it where nobody reaches it who can reach the database.
         */
        CheckpointView: {
            /** @description A signed note: origin, size, root, time, and the signature. */
            checkpoint: string;
        };
        /**
         * InclusionQuery
         * @description Which entry.
         */
        InclusionQuery: {
            /**
             * @description Of the ledger entry, if it is one and not an act.
             * @default null
             */
            number?: number | null;
        };
        /**
         * InclusionView
         * @description Proof that an entry is in the log, for `check_inclusion` of the checker.
         */
        InclusionView: {
            /** @description The signed note that it is proved under. */
            checkpoint: string;
            /** @description The entry's place in the log, from 0. */
            index: number;
            /** @description The entry as it was sealed. */
            entry: unknown[];
            /** @description Hashes in base64, from the leaf upwards (RFC 6962). */
            proof: string[];
            /**
             * @description The leaf's hash, in hexadecimal.
             * @default null
             */
            leaf?: string | null;
            /**
             * @description With which what is personal was hashed.
             * @default null
             */
            salt?: string | null;
            /**
             * @description What is left of values that were erased.
             * @default null
             */
            commitments?: (string | null)[] | null;
            /**
             * @description The act by which they were erased.
             * @default null
             */
            act?: string | null;
        };
        /**
         * ConsistencyQuery
         * @description Between which checkpoints.
         */
        ConsistencyQuery: {
            /** @description Entries under the earlier checkpoint. */
            old: number;
            /**
             * @description Under the later one; the newest unless given.
             * @default null
             */
            new?: number | null;
        };
        /**
         * ConsistencyView
         * @description Proof that a log goes on from an earlier checkpoint, for `check_consistency`.
         */
        ConsistencyView: {
            /** @description The earlier signed note. */
            before: string;
            /** @description The later signed note. */
            checkpoint: string;
            /** @description Hashes in base64 (RFC 6962). */
            proof: string[];
        };
        /**
         * OrganizationRequest
         * @description A new organization. What it allows is its owner's to say.
         */
        OrganizationRequest: {
            /**
             * @description Its name in `X-Organization`; it never changes.
             * @example town-theatre
             */
            slug: string;
            /** @description What people call it. */
            name: string;
            /** @description Its first user. */
            owner: components["schemas"]["NewOwner"];
        };
        /**
         * NewOwner
         * @description Who is to run a new organization. They are sent a code with which they can set a password.
         */
        NewOwner: {
            /**
             * @description Their e-mail address.
             * @example ada@example.org
             */
            email: string;
            /**
             * @description What people call them; `null` for none.
             * @default null
             */
            name?: string | null;
        };
        /**
         * NewOrganizationView
         * @description A new organization and its first user.
         */
        NewOrganizationView: {
            /** @description The organization's id; it never changes. */
            id: string;
            /** @description Its name in `X-Organization`; it never changes. */
            slug: string;
            /** @description What people call it. */
            name: string;
            /** @description Seconds a hold lasts, at most too, where an item sets no others. */
            hold_ttl_seconds: number;
            /** @description Holds a customer may have at a time; `null`: any. */
            max_live_holds: number | null;
            /** @description Whether someone with nothing but an e-mail address may hold. */
            guest_holds: boolean;
            /** @description Whether items, sites, slots and what is left are shown to anyone. */
            public_catalogue: boolean;
            /** @description Days ahead that customers can book, unless a site sets its own. */
            horizon_days: number;
            /** @description Minutes before the start until which they can, unless a site does. */
            notice_minutes: number;
            /** @description Minutes before the start until which they can cancel, likewise. */
            cutoff_minutes: number;
            /** @description Seconds for which units are held for someone on the waitlist. */
            offer_ttl_seconds: number;
            /** @description Whether people may make themselves customers. */
            open_registration: boolean;
            /** @description The id of the user who runs it. */
            owner: string;
        };
        /**
         * OrganizationsQuery
         * @description Which organizations.
         */
        OrganizationsQuery: {
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * WebhookRequest
         * @description A new endpoint.
         */
        WebhookRequest: {
            /** @description Where events are sent: `https`, on the public internet. */
            url: string;
            /**
             * @description What it is for.
             * @default null
             */
            description?: string | null;
            /**
             * @description Of which events, such as `reservation.held`; none means all.
             * @default []
             */
            types?: string[];
        };
        /**
         * NewWebhookView
         * @description An endpoint with a new secret. It is told this once.
         */
        NewWebhookView: {
            /** @description The webhook's id; it never changes. */
            id: string;
            /** @description Where events are sent. */
            url: string;
            /** @description What it is for. */
            description: string | null;
            /** @description Of which events; none means all. */
            types: string[];
            /** @description When it was made. */
            created_at: string;
            /** @description Since when nothing is sent there; `null`: it is. */
            disabled_at: string | null;
            /** @description Why not. */
            disabled_reason: string | null;
            /** @description Until when deliveries are signed with the secret before as well. */
            old_secret_until: string | null;
            /** @description `whsec_…`, with which deliveries are signed (Standard Webhooks). */
            secret: string;
        };
        /**
         * WebhooksQuery
         * @description Which endpoints.
         */
        WebhooksQuery: {
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * WebhookView
         * @description An endpoint, without its secret.
         */
        WebhookView: {
            /** @description The webhook's id; it never changes. */
            id: string;
            /** @description Where events are sent. */
            url: string;
            /** @description What it is for. */
            description: string | null;
            /** @description Of which events; none means all. */
            types: string[];
            /** @description When it was made. */
            created_at: string;
            /** @description Since when nothing is sent there; `null`: it is. */
            disabled_at: string | null;
            /** @description Why not. */
            disabled_reason: string | null;
            /** @description Until when deliveries are signed with the secret before as well. */
            old_secret_until: string | null;
        };
        /**
         * WebhookChange
         * @description What to change about an endpoint; what is left out stays.
         */
        WebhookChange: {
            /** @description Where events are sent: `https`, on the public internet. */
            url?: string;
            /** @description What it is for. */
            description?: string | null;
            /** @description Of which events, such as `reservation.held`; none means all. */
            types?: string[];
            /** @description Whether anything is sent there. What waits meanwhile is sent later. */
            enabled?: boolean;
        };
        /**
         * DeliveriesQuery
         * @description Which deliveries.
         */
        DeliveriesQuery: {
            /**
             * @description Only those that wait, were taken, or were given up.
             * @default null
             */
            status?: ("delivered" | "failed" | "waiting") | null;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * DeliveryView
         * @description What was to be sent, and what came of it.
         */
        DeliveryView: {
            /** @description The event's id, which is the `webhook-id`. */
            event: string;
            /** @description The event's type. */
            type: string;
            /** @description What the event is about. */
            subject: string;
            /**
             * @description `failed`: it was tried often enough, and is not any more.
             * @enum {unknown}
             */
            status: "delivered" | "failed" | "waiting";
            /** @description How often it has been tried. */
            attempts: number;
            /** @description When it is tried next. Null if it is over, or others come before it. */
            next_at: string | null;
            /** @description Since when it is to be sent. */
            created_at: string;
            /** @description When it was taken, or given up. */
            ended_at: string | null;
            /** @description Status of the last answer, if there was one. */
            answer: number | null;
            /** @description What was wrong with the last attempt, if any. */
            error: string | null;
            /** @description How long the last attempt took. */
            milliseconds: number | null;
        };
        /**
         * HoldsQuery
         * @description What to tell about holds. At most one of `site`, `offering`, `pool` and `kind`.
         */
        HoldsQuery: {
            /**
             * @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given.
             * @default null
             */
            from?: string | null;
            /**
             * @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given.
             * @default null
             */
            to?: string | null;
            /**
             * @description IANA name of whose clocks; the site's if one is named, else UTC.
             * @default null
             */
            zone?: string | null;
            /**
             * @description `csv` for a spreadsheet; as `Accept` says unless given.
             * @default null
             */
            format?: ("csv" | "json") | null;
            /**
             * @description How long a step is, by the zone's clocks. A week begins on Monday.
             * @default day
             * @enum {unknown}
             */
            every?: "day" | "hour" | "month" | "week";
            /**
             * @description Of what is at this site.
             * @default null
             */
            site?: string | null;
            /**
             * @description Of this item or slot.
             * @default null
             */
            offering?: string | null;
            /**
             * @description Of slots that take from this pool.
             * @default null
             */
            pool?: string | null;
            /**
             * @description Of all of this kind.
             * @default null
             */
            kind?: ("item" | "slot") | null;
        };
        /**
         * HoldsReport
         * @description What happened to holds, step by step.
         */
        HoldsReport: {
            /** @description Where the period begins. */
            from: string;
            /** @description Where the period is over. */
            to: string;
            /** @description IANA name of whose clocks these are. */
            zone: string;
            /** @description It tells all that happened before; `null`: nothing is counted yet. */
            as_of: string | null;
            /** @description Whether that is now. If not, counting is behind, and catches up. */
            complete: boolean;
            /** @description Over all steps. */
            totals: components["schemas"]["HoldsFigures"];
            /** @description One for each step, oldest first. */
            data: components["schemas"]["HoldsStep"][];
        };
        /**
         * HoldsFigures
         * @description What happened to holds.
         */
        HoldsFigures: {
            /** @description Holds that were placed. */
            holds: number;
            /** @description Holds that ended: the sum of the next three. */
            ended: number;
            /** @description Holds that were confirmed, wholly or in part. */
            confirmed: number;
            /** @description Holds that were given back. */
            released: number;
            /** @description Holds that ended by themselves. */
            expired: number;
            /** @description Reservations confirmed without having been held. */
            direct: number;
            /** @description Expired holds that were confirmed after all. */
            reacquired: number;
            /** @description Confirmed reservations that were cancelled. */
            cancelled: number;
            /** @description Units of the holds that were placed. */
            units_held: number;
            /** @description Units that were confirmed. */
            units_confirmed: number;
            /** @description Units of the holds that expired. */
            units_expired: number;
            /** @description Expired as a share of ended. */
            expiry_rate: number | null;
            /** @description Confirmed as a share of ended. */
            conversion: number | null;
            /** @description Half of the confirmed were held no longer; right to a tenth of it. */
            median_seconds_to_confirm: number | null;
        };
        /**
         * HoldsStep
         * @description What happened to holds in a step.
         */
        HoldsStep: {
            /** @description Holds that were placed. */
            holds: number;
            /** @description Holds that ended: the sum of the next three. */
            ended: number;
            /** @description Holds that were confirmed, wholly or in part. */
            confirmed: number;
            /** @description Holds that were given back. */
            released: number;
            /** @description Holds that ended by themselves. */
            expired: number;
            /** @description Reservations confirmed without having been held. */
            direct: number;
            /** @description Expired holds that were confirmed after all. */
            reacquired: number;
            /** @description Confirmed reservations that were cancelled. */
            cancelled: number;
            /** @description Units of the holds that were placed. */
            units_held: number;
            /** @description Units that were confirmed. */
            units_confirmed: number;
            /** @description Units of the holds that expired. */
            units_expired: number;
            /** @description Expired as a share of ended. */
            expiry_rate: number | null;
            /** @description Confirmed as a share of ended. */
            conversion: number | null;
            /** @description Half of the confirmed were held no longer; right to a tenth of it. */
            median_seconds_to_confirm: number | null;
            /** @description Where it begins, by the clocks of the zone. */
            from: string;
            /** @description Where it is over: the first instant after it. */
            to: string;
        };
        /**
         * SellThroughQuery
         * @description What to tell about what has been sold.
         */
        SellThroughQuery: {
            /**
             * @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given.
             * @default null
             */
            from?: string | null;
            /**
             * @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given.
             * @default null
             */
            to?: string | null;
            /**
             * @description IANA name of whose clocks; the site's if one is named, else UTC.
             * @default null
             */
            zone?: string | null;
            /**
             * @description `csv` for a spreadsheet; as `Accept` says unless given.
             * @default null
             */
            format?: ("csv" | "json") | null;
            /**
             * @description How long a step is, by the zone's clocks. A week begins on Monday.
             * @default day
             * @enum {unknown}
             */
            every?: "day" | "hour" | "month" | "week";
            /**
             * @description Of this item or slot; of all items unless given.
             * @default null
             */
            offering?: string | null;
        };
        /**
         * SellThroughReport
         * @description What had been sold, step by step.
         */
        SellThroughReport: {
            /** @description Where the period begins. */
            from: string;
            /** @description Where the period is over. */
            to: string;
            /** @description IANA name of whose clocks these are. */
            zone: string;
            /** @description It tells all that happened before; `null`: nothing is counted yet. */
            as_of: string | null;
            /** @description Whether that is now. If not, counting is behind, and catches up. */
            complete: boolean;
            /** @description One for each step, oldest first. */
            data: components["schemas"]["SellThroughStep"][];
        };
        /**
         * SellThroughStep
         * @description What had been sold when a step was over, or as it stands if it is not.
         */
        SellThroughStep: {
            /** @description Where it begins, by the clocks of the zone. */
            from: string;
            /** @description Where it is over: the first instant after it. */
            to: string;
            /** @description Units that were confirmed in this step. */
            units_confirmed: number;
            /** @description Units there were in all; `null` of what is yet to come. */
            capacity: number | null;
            /** @description Units that were held, likewise. */
            held: number | null;
            /** @description Units that were confirmed, likewise. */
            confirmed: number | null;
            /** @description Confirmed as a share of the capacity at that time. */
            sell_through: number | null;
        };
        /**
         * SellOutsQuery
         * @description Of which sales. At most one of `offering`, `pool` and `kind`.
         */
        SellOutsQuery: {
            /**
             * @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given.
             * @default null
             */
            from?: string | null;
            /**
             * @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given.
             * @default null
             */
            to?: string | null;
            /**
             * @description IANA name of whose clocks; the site's if one is named, else UTC.
             * @default null
             */
            zone?: string | null;
            /**
             * @description `csv` for a spreadsheet; as `Accept` says unless given.
             * @default null
             */
            format?: ("csv" | "json") | null;
            /**
             * @description Of this item or slot.
             * @default null
             */
            offering?: string | null;
            /**
             * @description Of slots that take from this pool.
             * @default null
             */
            pool?: string | null;
            /**
             * @description Of all of this kind; of items unless something is named.
             * @default null
             */
            kind?: ("item" | "slot") | null;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * SellOutsReport
         * @description Sales of which the first units were taken in the period, the newest first.
         */
        SellOutsReport: {
            /** @description Where the period begins. */
            from: string;
            /** @description Where the period is over. */
            to: string;
            /** @description IANA name of whose clocks these are. */
            zone: string;
            /** @description It tells all that happened before; `null`: nothing is counted yet. */
            as_of: string | null;
            /** @description Whether that is now. If not, counting is behind, and catches up. */
            complete: boolean;
            /** @description The newest first. */
            data: components["schemas"]["SellOut"][];
            /** @description The cursor of what follows, if there is more. */
            next: string | null;
        };
        /**
         * SellOut
         * @description How a sale went.
         */
        SellOut: {
            /** @description The item's or slot's id; it never changes. */
            offering: string;
            /** @description The item's SKU; `null` of a slot. */
            sku: string | null;
            /** @description The item's name, or the slot's title. */
            name: string | null;
            /** @description When the sale opened, if that is set and nobody was let in before; else when the first units were taken. */
            opened_at: string;
            /** @description When the first units were taken. */
            first_taken_at: string;
            /** @description When nothing was left for the first time, if ever. */
            sold_out_at: string | null;
            /** @description From the opening to then, if ever. */
            seconds_to_sell_out: number | null;
            /** @description Whether nothing is left now. */
            is_sold_out: boolean;
            /** @description How often nothing was left. */
            times_sold_out: number;
            /** @description When units came back for the first time, if ever. */
            opened_again_at: string | null;
            /** @description How often units came back. */
            times_opened_again: number;
            /** @description When nothing was left for the last time, if ever. */
            last_sold_out_at: string | null;
        };
        /**
         * UtilisationQuery
         * @description Of which pools. At most one of `site` and `pool`.
         */
        UtilisationQuery: {
            /**
             * @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given.
             * @default null
             */
            from?: string | null;
            /**
             * @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given.
             * @default null
             */
            to?: string | null;
            /**
             * @description IANA name of whose clocks; the site's if one is named, else UTC.
             * @default null
             */
            zone?: string | null;
            /**
             * @description `csv` for a spreadsheet; as `Accept` says unless given.
             * @default null
             */
            format?: ("csv" | "json") | null;
            /**
             * @description How long a step is, by the zone's clocks. A week begins on Monday.
             * @default day
             * @enum {unknown}
             */
            every?: "day" | "hour" | "month" | "week";
            /**
             * @description Pools at this site.
             * @default null
             */
            site?: string | null;
            /**
             * @description This pool.
             * @default null
             */
            pool?: string | null;
            /**
             * @description Of this kind.
             * @default null
             */
            kind?: ("equipment" | "practitioner" | "room") | null;
        };
        /**
         * UtilisationReport
         * @description How pools are used, pool by pool and step by step.
         */
        UtilisationReport: {
            /** @description Where the period begins. */
            from: string;
            /** @description Where the period is over. */
            to: string;
            /** @description IANA name of whose clocks these are. */
            zone: string;
            /** @description It tells all that happened before; `null`: nothing is counted yet. */
            as_of: string | null;
            /** @description Whether that is now. If not, counting is behind, and catches up. */
            complete: boolean;
            /** @description By the pools' names, oldest first. */
            data: components["schemas"]["UseStep"][];
        };
        /**
         * UseStep
         * @description How a pool was used in a step. Seconds are of each unit: of four, one hour has four.
         */
        UseStep: {
            /** @description The pool's id. */
            pool: string;
            /**
             * @description What its units are.
             * @enum {unknown}
             */
            kind: "equipment" | "practitioner" | "room";
            /** @description The pool's name. */
            name: string;
            /** @description Where it begins, by the clocks of the zone. */
            from: string;
            /** @description Where it is over: the first instant after it. */
            to: string;
            /** @description Lent, with the time around each use. */
            seconds_taken: number;
            /** @description Lent, from the slots' start to end. */
            seconds_in_slots: number;
            /** @description Likewise, for slots of which somebody has confirmed units. */
            seconds_booked: number;
            /** @description For which its site is open; `null` without a site or opening hours. */
            seconds_open: number | null;
            /** @description All there are. */
            seconds_owned: number;
            /** @description Taken as a share of open. */
            taken_of_open: number | null;
            /** @description In slots, as a share of open. */
            slots_of_open: number | null;
            /** @description Booked as a share of open. */
            booked_of_open: number | null;
            /** @description Taken as a share of owned. */
            taken_of_owned: number | null;
            /** @description In slots, as a share of owned. */
            slots_of_owned: number | null;
            /** @description Booked as a share of owned. */
            booked_of_owned: number | null;
        };
        /**
         * NoShowsQuery
         * @description Of which slots, and in which groups. At most one of `site`, `slot` and `pool`.
         */
        NoShowsQuery: {
            /**
             * @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given.
             * @default null
             */
            from?: string | null;
            /**
             * @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given.
             * @default null
             */
            to?: string | null;
            /**
             * @description IANA name of whose clocks; the site's if one is named, else UTC.
             * @default null
             */
            zone?: string | null;
            /**
             * @description `csv` for a spreadsheet; as `Accept` says unless given.
             * @default null
             */
            format?: ("csv" | "json") | null;
            /**
             * @description What a group has in common: the slots' title, a pool that they take from (a practitioner, a room), the site, or the step in which they begin.
             * @default service
             * @enum {unknown}
             */
            by?: "pool" | "service" | "site" | "time";
            /**
             * @description How long a step is, by the zone's clocks. A week begins on Monday.
             * @default day
             * @enum {unknown}
             */
            every?: "day" | "hour" | "month" | "week";
            /**
             * @description Of what is at this site.
             * @default null
             */
            site?: string | null;
            /**
             * @description Of this slot.
             * @default null
             */
            slot?: string | null;
            /**
             * @description Of slots that take from this pool.
             * @default null
             */
            pool?: string | null;
        };
        /**
         * NoShowsReport
         * @description Who came, by groups.
         */
        NoShowsReport: {
            /** @description Where the period begins. */
            from: string;
            /** @description Where the period is over. */
            to: string;
            /** @description IANA name of whose clocks these are. */
            zone: string;
            /** @description It tells all that happened before; `null`: nothing is counted yet. */
            as_of: string | null;
            /** @description Whether that is now. If not, counting is behind, and catches up. */
            complete: boolean;
            /** @description By name. */
            data: components["schemas"]["NoShowsGroup"][];
            /** @description Whether these are all groups: a thousand at most. */
            is_all: boolean;
        };
        /**
         * NoShowsGroup
         * @description Who came to slots that have something in common, and have begun.
         */
        NoShowsGroup: {
            /** @description The title, the pool's id, the site's id, or where the step begins. */
            group: string;
            /** @description What people call it. */
            name: string;
            /** @description Slots that have begun. */
            slots: number;
            /** @description Units of them. */
            capacity: number;
            /** @description Units of them that somebody has. */
            units_confirmed: number;
            /** @description That as a share of the capacity. */
            filled: number | null;
            /** @description Confirmed reservations of them. */
            expected: number;
            /** @description Those who were checked in. */
            came: number;
            /** @description Those who did not come. */
            no_shows: number;
            /** @description Those of whom nobody has said it. */
            unrecorded: number;
            /** @description No-shows as a share of expected. */
            no_show_rate: number | null;
        };
        /**
         * NotificationsQuery
         * @description Which notifications.
         */
        NotificationsQuery: {
            /**
             * @description Only those that wait, were sent, were given up, or had become needless.
             * @default null
             */
            status?: ("dropped" | "failed" | "sent" | "waiting") | null;
            /**
             * @description Only those that tell this.
             * @default null
             */
            kind?: ("cancellation" | "confirmation" | "expiry" | "offer" | "reminder") | null;
            /**
             * @description Only those of this way.
             * @default null
             */
            channel?: ("email" | "log" | "sms" | "topic") | null;
            /**
             * @description Only those about this reservation.
             * @default null
             */
            reservation?: string | null;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * NotificationView
         * @description What was to be told, and what came of it.
         */
        NotificationView: {
            /** @description Its id, the same at every attempt. */
            id: string;
            /** @description What it tells. */
            kind: string;
            /** @description By which way. */
            channel: string;
            /** @description About which reservation. */
            reservation: string;
            /** @description Whose that is; `null`: erased, or nobody's. */
            customer: string | null;
            /**
             * @description `dropped`: there was no reason any more; `failed`: given up.
             * @enum {unknown}
             */
            status: "dropped" | "failed" | "sent" | "waiting";
            /** @description How often it has been tried. */
            attempts: number;
            /** @description When it is to be sent. */
            due_at: string;
            /** @description When it is tried next, if it is. */
            next_at: string | null;
            /** @description Since when it is to be sent. */
            created_at: string;
            /** @description When it was sent, given up or dropped. */
            ended_at: string | null;
            /** @description Where it went. */
            address: string | null;
            /** @description Its subject, once it has been tried. */
            subject: string | null;
            /** @description Its text, once it has been tried. */
            text: string | null;
            /** @description What went wrong, why it was dropped, or what was answered. */
            detail: string | null;
        };
        /**
         * NotificationSettingsView
         * @description How customers are told about their reservations.
         */
        NotificationSettingsView: {
            /** @description By which ways; none: they are not told. */
            channels: string[];
            /** @description What they are told. */
            kinds: string[];
            /** @description For whoever has not chosen one. */
            language: string;
            /** @description How many minutes before a slot begins. */
            reminder_minutes: number[];
            /** @description How many seconds before a hold ends. */
            expiry_seconds: number;
            /** @description When it was said so last; `null`: it never was. */
            updated_at: string | null;
        };
        /**
         * NotificationSettingsRequest
         * @description How customers are told about their reservations.
         */
        NotificationSettingsRequest: {
            /** @description By which ways; none: they are not told. */
            channels: ("email" | "log" | "sms" | "topic")[];
            /** @description What they are told. */
            kinds?: ("cancellation" | "confirmation" | "expiry" | "offer" | "reminder")[];
            /**
             * @description For whoever has not chosen one.
             * @default en
             * @example de
             */
            language?: string;
            /** @description How many minutes before a slot begins; one reminder for each. */
            reminder_minutes?: number[];
            /**
             * @description How many seconds before a hold ends its customer is warned.
             * @default 3600
             */
            expiry_seconds?: number;
        };
        /**
         * TemplateView
         * @description A template that is used.
         */
        TemplateView: {
            /** @description What it tells. */
            kind: string;
            /** @description In which language. */
            language: string;
            /** @description The subject, with its places. */
            subject: string;
            /** @description The text, with its places. */
            text: string;
            /** @description When it was written; `null`: it comes with Firmhold. */
            updated_at: string | null;
        };
        /**
         * TemplateRequest
         * @description A template. Places in it are names in braces; a brace itself is written twice.
         */
        TemplateRequest: {
            /** @description The subject: one line, with places such as `{title}`. */
            subject: string;
            /** @description The text, with places such as `{lines}`. */
            text: string;
        };
        /**
         * PreviewRequest
         * @description A template to be tried; what is left out is as it is used now.
         */
        PreviewRequest: {
            /** @description The subject: one line, with places such as `{title}`. */
            subject?: string;
            /** @description The text, with places such as `{lines}`. */
            text?: string;
        };
        /**
         * RenderedView
         * @description What a template makes of made-up data.
         */
        RenderedView: {
            /** @description The subject. */
            subject: string;
            /** @description The text. */
            text: string;
        };
        /**
         * PreferencesView
         * @description What one wants to be told, and how.
         */
        PreferencesView: {
            /** @description In which language. */
            language: string | null;
            /** @description For text messages. */
            phone: string | null;
            /** @description What one does without. */
            kinds_off: string[];
            /** @description Ways by which one is told nothing. */
            channels_off: string[];
        };
        /**
         * PreferencesRequest
         * @description What one wants to be told, and how.
         */
        PreferencesRequest: {
            /**
             * @description In which language; `null`: the organization's.
             * @default null
             */
            language?: string | null;
            /**
             * @description For text messages, such as `+4930123456`.
             * @default null
             */
            phone?: string | null;
            /**
             * @description What one does without.
             * @default []
             */
            kinds_off?: ("cancellation" | "confirmation" | "expiry" | "offer" | "reminder")[];
            /**
             * @description Ways by which one is told nothing.
             * @default []
             */
            channels_off?: ("email" | "sms")[];
        };
        /**
         * ReserveRequest
         * @description So many units of an item. A guest says who they are by e-mail.
         */
        ReserveRequest: {
            /**
             * @description The item's SKU.
             * @example FLASH-SALE-001
             */
            sku: string;
            /** @description Units to hold: all of them or none. */
            quantity: number;
            /**
             * @description Who a guest is, in any case of letters; from an operator, whom it is for. Others hold for themselves.
             * @default null
             */
            email?: string | null;
        };
        /**
         * ReserveAnswer
         * @description A hold, and until when.
         */
        ReserveAnswer: {
            /** @description Keeps naming the reservation to its end. */
            reservation_id: string;
            /** @description The item's SKU; it never changes. */
            sku: string;
            /** @description Units that are held. */
            quantity: number;
            /** @description From this instant on the hold is over and its units are back on sale. */
            expires_at: string;
            /** @description Whole seconds from now to `expires_at`. */
            ttl_seconds: number;
            /** @description `held`, `confirmed`, `released`, `expired`, `cancelled`, or, once someone was expected, `fulfilled` or `no_show`. */
            status: string;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
            /** @description For guests: the bearer token that opens this reservation and nothing else. */
            hold_token?: string;
        };
        /**
         * CheckoutRequest
         * @description Which reservation.
         */
        CheckoutRequest: {
            /** @description The `reservation_id` of the hold. */
            reservation_id: string;
        };
        /**
         * CheckoutAnswer
         * @description The order that a reservation has become.
         */
        CheckoutAnswer: {
            /** @description Keeps naming the reservation to its end. */
            reservation_id: string;
            /** @description `held`, `confirmed`, `released`, `expired`, `cancelled`, or, once someone was expected, `fulfilled` or `no_show`. */
            status: string;
            /** @description What is in it, a line per item. */
            lines: components["schemas"]["OrderLine"][];
            /** @description Sum of the lines; `null` unless all have prices in one currency. */
            total: components["schemas"]["Money"] | null;
            /** @description When it was made firm, if it was. */
            confirmed_at: string | null;
            /** @description When it was released, cancelled, checked in or expired, if it was. */
            ended_at: string | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * OrderLine
         * @description One product of an order.
         */
        OrderLine: {
            /** @description The item's SKU; it never changes. */
            sku: string;
            /** @description Units in it: those confirmed, or else those asked for. */
            quantity: number;
            /** @description Minor units for one when it was held; `null` if it had no price. */
            unit_price: number | null;
            /** @description Of the price: three letters, as in ISO 4217. */
            currency: string | null;
        };
        /**
         * Money
         * @description An amount of money.
         */
        Money: {
            /** @description Minor units, such as cents: 1999 EUR is 19.99 €. */
            amount: number;
            /** @description Three letters, as in ISO 4217. */
            currency: string;
        };
        /**
         * InventoryAnswer
         * @description What is left of an item.
         */
        InventoryAnswer: {
            /** @description The item's SKU; it never changes. */
            sku: string;
            /** @description Units that can be had: total less reserved less sold. */
            available: number;
            /** @description Units promised for now; a hold that has ended counts no longer. */
            reserved: number;
            /** @description Units promised for good. */
            sold: number;
            /** @description Units there are to give, promised or not. */
            total: number;
            /** @description Whether the fewest units of a hold can be had now. */
            on_sale: boolean;
            /** @description Why it is not on sale: `sold_out`, `not_on_sale_yet` or `sale_ended`. */
            reason: string | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * ProductsQuery
         * @description Which products.
         */
        ProductsQuery: {
            /**
             * @description Text that the name or the SKU contains, in any case of letters.
             * @default null
             */
            search?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * Product
         * @description An item as a shop shows it.
         */
        Product: {
            /** @description The item's id; it never changes. */
            id: string;
            /** @description The item's SKU; it never changes. */
            sku: string;
            /** @description What people call the item; operators may change it. */
            name: string;
            /** @description Text about the item, if there is any. */
            description: string | null;
            /** @description Of one unit from now on; `null` if it has none. */
            price: components["schemas"]["Money"] | null;
            /** @description From then on it is on sale; `null`: always was. */
            saleStartsAt: string | null;
            /** @description From then on it is no longer on sale; `null`: never. */
            saleEndsAt: string | null;
            /** @description Units there are to give, promised or not. */
            totalStock: number;
            /** @description Units that can be had: neither in a hold nor sold. */
            availableStock: number;
            /** @description At this moment `live`, `upcoming`, `ended` or `sold_out`. */
            status: string;
            /** @description Units one customer may have, held and confirmed together; `null`: any. */
            maxPerCustomer: number | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            serverTime: string;
        };
        /**
         * HoldRequest
         * @description Two minutes to decide.
         */
        "firmhold.doors.storefront.shapes.HoldRequest": {
            /** @description The product's id or its SKU. */
            productId: string;
            /**
             * @description The buyer's: one's own, or from an operator, whom it is for.
             * @example ada@example.org
             */
            email: string;
            /**
             * @description Units to hold: all of them or none.
             * @default 1
             */
            qty?: number;
        };
        /**
         * Order
         * @description A shop's view of a reservation.
         */
        Order: {
            /** @description Keeps naming the reservation to its end. */
            orderId: string;
            /** @description `PENDING`, `CONFIRMED`, `EXPIRED` or, when given back, `CANCELLED`. */
            status: string;
            /** @description The id of its item; of several, of the first. */
            productId: string;
            /** @description Units in it: those confirmed, or else those asked for. */
            qty: number;
            /** @description From then on the hold is over; `null` if it was confirmed at once. */
            holdExpiresAt: string | null;
            /** @description When it was made firm, if it was. */
            confirmedAt: string | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            serverTime: string;
            /** @description For guests: the bearer token that opens this reservation and nothing else. */
            holdToken?: string;
        };
        /**
         * OrdersQuery
         * @description Whose orders.
         */
        OrdersQuery: {
            /**
             * @description Whose orders, in any case of letters.
             * @example ada@example.org
             */
            email: string;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * MetricsQuery
         * @description Of what, how far back the series reaches, and in which steps.
         */
        MetricsQuery: {
            /**
             * @description The id of one item; all of them unless given.
             * @default null
             */
            item?: string | null;
            /**
             * @description How far back the series reaches, 1 to 1,440.
             * @default 60
             */
            minutes?: number;
            /**
             * @description Length of a step, 1 to 3,600.
             * @default 60
             */
            step_seconds?: number;
        };
        /**
         * MetricsAnswer
         * @description Numbers for an operator's charts.
         */
        MetricsAnswer: {
            /** @description From when on is counted: the server's start, or a day ago. */
            since: string;
            /** @description The clock that decides, as it stood when this answer was true. */
            serverTime: string;
            /** @description Over all items, or of the one. */
            totals: components["schemas"]["Totals"];
            /** @description Length of a step. */
            stepSeconds: number;
            /** @description Oldest first; steps in which nothing happened are left out. */
            series: components["schemas"]["Step"][];
            /** @description Over the last five minutes, of which alarms are made. */
            reserving: components["schemas"]["Reserving"];
            /** @description Oldest first; an hour at most, and since the server's start. */
            reservingSeries: components["schemas"]["ReservingStep"][];
        };
        /**
         * Totals
         * @description Sums over all items, or of the one, as they are now, and what has happened since `since`.
         */
        Totals: {
            /** @description Items there are. */
            offerings: number;
            /** @description Units there are to give, promised or not. */
            capacity: number;
            /** @description Units promised for now; a hold that has ended counts no longer. */
            held: number;
            /** @description Units promised for good. */
            confirmed: number;
            /** @description Confirmed units as a share of all units, 0 to 1. */
            sellThrough: number;
            /** @description Holds that run now. */
            liveHolds: number;
            /** @description Items with more units promised than there are: none, ever. */
            oversold: number;
            /** @description Holds that were placed. */
            holds: number;
            /** @description Reservations that were confirmed. */
            confirms: number;
            /** @description Holds that were recorded as expired. */
            expiries: number;
            /** @description Holds that were given back. */
            releases: number;
            /** @description Confirmed reservations that were given back. */
            cancellations: number;
        };
        /**
         * Step
         * @description What happened in one step of time.
         */
        Step: {
            /** @description The step's first instant. */
            at: string;
            /** @description Holds that were placed. */
            holds: number;
            /** @description Reservations that were confirmed. */
            confirms: number;
            /** @description Holds that were recorded as expired. */
            expiries: number;
            /** @description Holds that were given back. */
            releases: number;
            /** @description Confirmed reservations that were given back. */
            cancellations: number;
            /** @description Units that were confirmed. */
            unitsConfirmed: number;
        };
        /**
         * Reserving
         * @description How requests to reserve went, of all organizations, on the node that answers.
         */
        Reserving: {
            /** @description Requests to reserve. */
            requests: number;
            /** @description Those refused: sold out, above a limit, too often (4xx). */
            refused: number;
            /** @description Those that came to nothing for our doing (5xx). */
            failed: number;
            /** @description One in twenty took longer; `null` if there were none. An estimate. */
            p95Seconds: number | null;
            /** @description How long a time this is of. */
            seconds: number;
        };
        /**
         * ReservingStep
         * @description The same in one step of time.
         */
        ReservingStep: {
            /** @description Requests to reserve. */
            requests: number;
            /** @description Those refused: sold out, above a limit, too often (4xx). */
            refused: number;
            /** @description Those that came to nothing for our doing (5xx). */
            failed: number;
            /** @description One in twenty took longer; `null` if there were none. An estimate. */
            p95Seconds: number | null;
            /** @description How long a time this is of. */
            seconds: number;
            /** @description The step's first instant. */
            at: string;
        };
        /**
         * SlotsQuery
         * @description Which open slots.
         */
        "firmhold.doors.appointments.shapes.SlotsQuery": {
            /**
             * @description Those at this site.
             * @default null
             */
            siteId?: string | null;
            /**
             * @description Those that need this room, practitioner or equipment.
             * @default null
             */
            resourceId?: string | null;
            /**
             * @description Those that begin then or later.
             * @default null
             */
            from?: string | null;
            /**
             * @description Those that begin before then.
             * @default null
             */
            to?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * OpenSlot
         * @description A slot with places left, and what it needs.
         */
        OpenSlot: {
            /** @description The slot's id; it never changes. */
            id: string;
            /** @description Id of the site where it takes place. */
            siteId: string;
            /** @description What people call the site. */
            siteName: string;
            /** @description IANA name of the site's time zone, to show the times by. */
            zone: string;
            /** @description What it is for: the procedure or service. */
            title: string;
            /** @description Text about it, if there is any. */
            description: string | null;
            /** @description When it begins. */
            startsAt: string;
            /** @description When it is over. */
            endsAt: string;
            /** @description Places there are in all. */
            capacity: number;
            /** @description Places that nobody holds or has. */
            remainingCapacity: number;
            /** @description The room it is in, if that is said. */
            room: components["schemas"]["Resource"] | null;
            /** @description Who is there for it, if that is said. */
            practitioner: components["schemas"]["Resource"] | null;
            /** @description What it needs besides, if anything. */
            equipment: components["schemas"]["EquipmentNeed"][];
            /** @description Further rooms and practitioners that it needs. */
            alsoNeeded: components["schemas"]["Resource"][];
            /** @description Whether a customer can book it now: its needs are free too. */
            bookable: boolean;
            /** @description Why not: `pool_busy`, something that it needs is taken. */
            reason: "pool_busy" | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            serverTime: string;
        };
        /**
         * Resource
         * @description A room or a practitioner that a slot needs.
         */
        Resource: {
            /** @description Its id; `resourceId` finds all slots that need it. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description Whether it can be had for one more booking of the slot. */
            free: boolean;
        };
        /**
         * EquipmentNeed
         * @description Equipment that a slot needs, for itself or for each booking.
         */
        EquipmentNeed: {
            /** @description Its id; `resourceId` finds all slots that need it. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description How many units are needed. */
            units: number;
            /** @description Whether so many can be had for one more booking. */
            free: boolean;
            /** @description Units that nobody else has at that time; none short of `units`. */
            unitsFree: number;
        };
        /**
         * SlotHoldRequest
         * @description So many places of a slot, for as long as it allows.
         */
        SlotHoldRequest: {
            /**
             * @description Places to hold: all of them or none.
             * @default 1
             */
            qty?: number;
            /**
             * @description Whom it is for, if an operator holds; oneself unless given.
             * @default null
             */
            patientId?: string | null;
            /**
             * @description Counts like the `Idempotency-Key` header; if both are sent, they agree.
             * @default null
             */
            idempotencyKey?: string | null;
        };
        /**
         * SlotReservation
         * @description A hold of a slot, and what has become of it.
         */
        SlotReservation: {
            /** @description Keeps naming the reservation to its end. */
            holdId: string;
            /** @description The same once more: it has one id for life. */
            reservationId: string;
            /** @description The slot's id; it never changes. */
            slotId: string;
            /** @description Places in it: those confirmed, or else those held. */
            qty: number;
            /** @description `held`, `confirmed`, `released`, `expired`, `cancelled`, or, once someone was expected, `fulfilled` or `no_show`. */
            status: string;
            /** @description From this instant on the hold is over; `null` if it never was a hold. */
            expiresAt: string | null;
            /** @description Whole seconds from now to `expiresAt`; `null` unless held. */
            ttlSeconds: number | null;
            /** @description Until then its customer can cancel or move it once it is confirmed: past if that is too late. `null` if it has no slot and always can be, or has ended. */
            cancellableUntil: string | null;
            /** @description When it was made firm, if it was. */
            confirmedAt: string | null;
            /** @description When it was released, cancelled, checked in or expired, if it was. */
            endedAt: string | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            serverTime: string;
        };
        /**
         * SlotConfirmRequest
         * @description Which hold to make firm.
         */
        SlotConfirmRequest: {
            /** @description The `holdId` that came with the hold. */
            holdId: string;
            /**
             * @description Counts like the `Idempotency-Key` header; if both are sent, they agree.
             * @default null
             */
            idempotencyKey?: string | null;
        };
        /**
         * SlotCancelRequest
         * @description Nothing has to be said about giving something back.
         */
        SlotCancelRequest: {
            /**
             * @description Why, for the record.
             * @default null
             */
            reason?: string | null;
            /**
             * @description Counts like the `Idempotency-Key` header; if both are sent, they agree.
             * @default null
             */
            idempotencyKey?: string | null;
        };
        /**
         * BookingRequest
         * @description One place of a slot for a patient, for two minutes.
         */
        BookingRequest: {
            /** @description The slot's id. */
            slotId: string;
            /** @description Whom it is for: one's own id or e-mail; from an operator, anyone's. */
            patientId: string;
            /**
             * @description The patient's name, for the list.
             * @default null
             */
            patientName?: string | null;
            /**
             * @description What those who work there should know; the patient is shown it too.
             * @default null
             */
            notes?: string | null;
            /**
             * @description Counts like the `Idempotency-Key` header; if both are sent, they agree.
             * @default null
             */
            idempotencyKey?: string | null;
        };
        /**
         * Booking
         * @description A patient's claim on a slot.
         */
        Booking: {
            /** @description Keeps naming the reservation to its end. */
            bookingId: string;
            /**
             * @description `PENDING` while it is held, then `CONFIRMED`; `FAILED` for good once it has expired, was released, or was cancelled even if confirmed.
             * @enum {unknown}
             */
            status: "CONFIRMED" | "FAILED" | "PENDING";
            /** @description Why it has `FAILED`: `expired`, `released` or `cancelled`; else `null`. */
            reason: string | null;
            /** @description The same as every other door calls it. */
            reservationStatus: string;
            /** @description The slot's id; it never changes. */
            slotId: string;
            /** @description When and where. */
            slot: components["schemas"]["BookedSlot"];
            /** @description Whom it is for: a user's id, or a name the clinic goes by. */
            patientId: string | null;
            /** @description The patient's name, if it was given with the booking. */
            patientName: string | null;
            /** @description What was noted, if anything. */
            notes: string | null;
            /** @description Places in it. */
            qty: number;
            /** @description From this instant on the hold is over; `null` if it never was a hold. */
            expiresAt: string | null;
            /** @description Whole seconds from now to `expiresAt`; `null` unless held. */
            ttlSeconds: number | null;
            /** @description Until then its customer can cancel or move it once it is confirmed: past if that is too late. `null` if it has no slot and always can be, or has ended. */
            cancellableUntil: string | null;
            /** @description When it was made firm, if it was. */
            confirmedAt: string | null;
            /** @description When it was released, cancelled, checked in or expired, if it was. */
            endedAt: string | null;
            /** @description The clock that decides, as it stood when this answer was true. */
            serverTime: string;
        };
        /**
         * BookedSlot
         * @description When and where a booking is for.
         */
        BookedSlot: {
            /** @description What it is for: the procedure or service. */
            title: string;
            /** @description When it begins. */
            startsAt: string;
            /** @description When it is over. */
            endsAt: string;
            /** @description IANA name of the site's time zone, to show the times by. */
            zone: string;
            /** @description Id of the site where it takes place. */
            siteId: string;
            /** @description What people call the site. */
            siteName: string;
            /** @description Name of the room, if that is said. */
            room: string | null;
            /** @description Name of the practitioner, if that is said. */
            practitioner: string | null;
        };
        /**
         * BookingConfirmRequest
         * @description Nothing has to be said about it.
         */
        BookingConfirmRequest: {
            /**
             * @description Counts like the `Idempotency-Key` header; if both are sent, they agree.
             * @default null
             */
            idempotencyKey?: string | null;
        };
        /**
         * AdminSlotRequest
         * @description A slot for one booking, in a room and with a doctor who are taken for it at once.
         */
        AdminSlotRequest: {
            /** @description Who is there for it; made a practitioner if nobody goes by it. */
            doctor_name: string;
            /** @description What it is for. */
            procedure_type: string;
            /** @description The room's id or its name. */
            room_id: string;
            /**
             * Format: date-time
             * @description When it begins.
             * @example 2030-01-31T18:00:00Z
             */
            start_time: string;
            /**
             * Format: date-time
             * @description When it is over.
             * @example 2030-01-31T18:00:00Z
             */
            end_time: string;
            /**
             * @description What each booking takes besides, each once.
             * @default []
             */
            equipment?: components["schemas"]["EquipmentRequest"][];
            /**
             * @description Counts like the `Idempotency-Key` header; if both are sent, they agree.
             * @default null
             */
            idempotency_key?: string | null;
        };
        /**
         * EquipmentRequest
         * @description Equipment that each booking of a slot takes.
         */
        EquipmentRequest: {
            /**
             * @description Its id; either this or `name`.
             * @default null
             */
            id?: string | null;
            /**
             * @description Its name; either this or `id`.
             * @default null
             */
            name?: string | null;
            /**
             * @description How many units of it.
             * @default 1
             */
            units?: number;
        };
        /**
         * AdminSlot
         * @description A slot as it was scheduled.
         */
        AdminSlot: {
            /** @description The slot's id; it never changes. */
            slot_id: string;
            /** @description Id of the practitioner. */
            doctor_id: string;
            /** @description What people call the practitioner. */
            doctor_name: string;
            /** @description What it is for: the procedure or service. */
            procedure_type: string;
            /** @description Id of the room. */
            room_id: string;
            /** @description What people call the room. */
            room_name: string;
            /** @description Id of the site where it takes place. */
            site_id: string;
            /** @description IANA name of the site's time zone, to show the times by. */
            zone: string;
            /** @description When it begins. */
            start_time: string;
            /** @description When it is over. */
            end_time: string;
            /** @description What each booking takes besides. */
            equipment: components["schemas"]["AdminEquipment"][];
            /** @description Places there are in all. */
            capacity: number;
            /** @description The clock that decides, as it stood when this answer was true. */
            server_time: string;
        };
        /**
         * AdminEquipment
         * @description Equipment that each booking of a slot takes.
         */
        AdminEquipment: {
            /** @description Its id. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description How many units of it. */
            units: number;
        };
        /**
         * BookingsQuery
         * @description Which bookings, and in which form.
         */
        BookingsQuery: {
            /**
             * @description Those that stand so.
             * @default null
             */
            status?: ("CONFIRMED" | "FAILED" | "PENDING") | null;
            /**
             * @description Those at this site.
             * @default null
             */
            siteId?: string | null;
            /**
             * @description Those of this slot.
             * @default null
             */
            slotId?: string | null;
            /**
             * @description Those for slots that begin then or later.
             * @default null
             */
            from?: string | null;
            /**
             * @description Those for slots that begin before then.
             * @default null
             */
            to?: string | null;
            /**
             * @description `csv` for a spreadsheet; as `Accept` says unless given.
             * @default null
             */
            format?: ("csv" | "json") | null;
            /**
             * @description Bookings per page, 1 to 500. Unless given, a list has 100 to a page, and a spreadsheet has all of them.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * ReportedBooking
         * @description One line of the report: a booking, its patient, and what it is for.
         */
        ReportedBooking: {
            /** @description Keeps naming the reservation to its end. */
            bookingId: string;
            /**
             * @description `PENDING` while it is held, then `CONFIRMED`; `FAILED` for good once it has expired, was released, or was cancelled even if confirmed.
             * @enum {unknown}
             */
            status: "CONFIRMED" | "FAILED" | "PENDING";
            /** @description Why it has `FAILED`: `expired`, `released` or `cancelled`; else `null`. */
            reason: string | null;
            /** @description The same as every other door calls it. */
            reservationStatus: string;
            /** @description Whom it is for: a user's id, or a name the clinic goes by. */
            patientId: string | null;
            /** @description The patient's name, if it was given with the booking. */
            patientName: string | null;
            /** @description The patient's e-mail address, if it is known. */
            patientEmail: string | null;
            /** @description What was noted, if anything. */
            notes: string | null;
            /** @description Places in it. */
            qty: number;
            /** @description The slot's id; it never changes. */
            slotId: string;
            /** @description What it is for: the procedure or service. */
            title: string;
            /** @description When it begins. */
            startsAt: string;
            /** @description When it is over. */
            endsAt: string;
            /** @description IANA name of the site's time zone, to show the times by. */
            zone: string;
            /** @description What people call the site. */
            siteName: string;
            /** @description Name of the room, if that is said. */
            room: string | null;
            /** @description Name of the practitioner, if that is said. */
            practitioner: string | null;
            /** @description When it was made. */
            bookedAt: string;
            /** @description From this instant on the hold is over; `null` if it never was a hold. */
            expiresAt: string | null;
            /** @description When it was made firm, if it was. */
            confirmedAt: string | null;
            /** @description When it was released, cancelled, checked in or expired, if it was. */
            endedAt: string | null;
        };
        /**
         * RegisterRequest
         * @description Who wants an account.
         */
        RegisterRequest: {
            /**
             * @description Their e-mail address.
             * @example ada@example.org
             */
            email: string;
            /**
             * @description 8 to 128 characters, whichever; not one that everyone tries.
             * @example long-and-only-mine
             */
            password: string;
            /**
             * @description What people call them; `null` for none.
             * @default null
             */
            name?: string | null;
            /**
             * @description The organization's slug; may also be named by `X-Organization`.
             * @default null
             */
            organization?: string | null;
            /**
             * @description For a browser: the refresh token comes as a cookie that no script can read, and not in the answer.
             * @default false
             */
            cookie?: boolean;
        };
        /**
         * SignedInView
         * @description What whoever has signed in gets.
         */
        SignedInView: {
            /** @description For the `Authorization` header. */
            access_token: string;
            /** @description `Bearer`. */
            token_type: string;
            /** @description Seconds for which the access token is good. */
            expires_in: number;
            /** @description For a new access token; each is used once and has a successor. `null` if it has come as a cookie. */
            refresh_token: string | null;
            /** @description Who has signed in. */
            user: components["schemas"]["MemberView"];
            /** @description Whether the e-mail address has been shown to be theirs. */
            verified: boolean;
        };
        /**
         * MemberView
         * @description A user: a person's place in an organization.
         */
        MemberView: {
            /** @description The user's id; it never changes. */
            id: string;
            /** @description The organization's id. */
            organization: string;
            /** @description Their e-mail address. */
            email: string;
            /** @description What they are here. */
            role: components["schemas"]["Role"];
            /** @description What people call them. */
            name: string | null;
            /** @description Since when they have been asked in and have not come; `null` if the place is theirs. */
            invited_at: string | null;
            /** @description Since when they are shut out; `null` if they are not. */
            disabled_at: string | null;
            /** @description Since when they are here. */
            created_at: string;
        };
        /**
         * Role
         * @description Named by what people do; what each may do is said in `permissions`.
         * @enum {unknown}
         */
        Role: "admin" | "auditor" | "customer" | "operator" | "owner";
        /**
         * SignInRequest
         * @description Who signs in.
         */
        SignInRequest: {
            /**
             * @description Their e-mail address.
             * @example ada@example.org
             */
            email: string;
            /** @description The password there is. */
            password: string;
            /**
             * @description The organization's slug; may also be named by `X-Organization`.
             * @default null
             */
            organization?: string | null;
            /**
             * @description For a browser: the refresh token comes as a cookie that no script can read, and not in the answer.
             * @default false
             */
            cookie?: boolean;
        };
        /**
         * RefreshRequest
         * @description How to stay signed in.
         */
        RefreshRequest: {
            /**
             * @description The newest refresh token; unless given, the cookie's.
             * @default null
             */
            refresh_token?: string | null;
        };
        /**
         * SignOutRequest
         * @description What to end.
         */
        SignOutRequest: {
            /**
             * @description The newest refresh token; unless given, the cookie's.
             * @default null
             */
            refresh_token?: string | null;
            /**
             * @description All sessions of this person; takes an access token.
             * @default false
             */
            everywhere?: boolean;
        };
        /**
         * SetUpRequest
         * @description Who runs this server.
         */
        SetUpRequest: {
            /** @description The one that the server has printed. */
            code: string;
            /**
             * @description Their e-mail address.
             * @example ada@example.org
             */
            email: string;
            /**
             * @description 8 to 128 characters, whichever; not one that everyone tries.
             * @example long-and-only-mine
             */
            password: string;
            /**
             * @description What people call them; `null` for none.
             * @default null
             */
            name?: string | null;
            /**
             * @description For a browser: the refresh token comes as a cookie that no script can read, and not in the answer.
             * @default false
             */
            cookie?: boolean;
        };
        /**
         * WhoView
         * @description Whom a token or a key proves.
         */
        WhoView: {
            /** @description The organization's id. */
            organization: string;
            /** @description As it stands in ledger and audit log. */
            actor: string;
            /** @description `null` for whoever is no user. */
            role: components["schemas"]["Role"] | null;
            /** @description A user's e-mail address. */
            email: string | null;
            /** @description The session's id; `null` without one. */
            session: string | null;
            /** @description What it may do. */
            permissions: components["schemas"]["Permission"][];
        };
        /**
         * Permission
         * @description One thing that somebody may do in their organization. The values are the scopes of API
         *         keys.
         * @enum {unknown}
         */
        Permission: "audit:read" | "catalogue:read" | "customers:read" | "demo:reset" | "keys:write" | "ledger:read" | "notifications:own" | "notifications:write" | "organization:write" | "platform:write" | "reports:read" | "reservations:own" | "reservations:read" | "reservations:write" | "sessions:own" | "stock:read" | "stock:write" | "users:read" | "users:write" | "webhooks:write";
        /**
         * SessionsView
         * @description Where somebody is signed in.
         */
        SessionsView: {
            /** @description The sessions. */
            data: components["schemas"]["SessionView"][];
        };
        /**
         * SessionView
         * @description Somebody signed in somewhere.
         */
        SessionView: {
            /** @description The session's id. */
            id: string;
            /** @description `password`, `oidc`, or `command` for a token made there. */
            kind: string;
            /** @description The organization's slug. */
            organization: string;
            /** @description When they signed in. */
            created_at: string;
            /** @description When it was last refreshed. */
            seen_at: string;
            /** @description When they have to sign in again. */
            expires_at: string;
            /** @description What the program said it was. */
            agent: string | null;
            /** @description From where. */
            address: string | null;
            /** @description Whether it is the one that asks. */
            current: boolean;
        };
        /**
         * ChangePasswordRequest
         * @description A new password for one that is known.
         */
        ChangePasswordRequest: {
            /** @description The password there is. */
            current: string;
            /**
             * @description 8 to 128 characters, whichever; not one that everyone tries.
             * @example long-and-only-mine
             */
            new: string;
        };
        /**
         * ForgottenRequest
         * @description Who has forgotten a password.
         */
        ForgottenRequest: {
            /**
             * @description Their e-mail address.
             * @example ada@example.org
             */
            email: string;
        };
        /**
         * ResetRequest
         * @description A new password for one that is not known any more.
         */
        ResetRequest: {
            /** @description The code that was sent. */
            code: string;
            /**
             * @description 8 to 128 characters, whichever; not one that everyone tries.
             * @example long-and-only-mine
             */
            password: string;
        };
        /**
         * VerifyRequest
         * @description That an address is theirs.
         */
        VerifyRequest: {
            /** @description The code that was sent. */
            code: string;
        };
        /**
         * UserRequest
         * @description Whom to ask in.
         */
        UserRequest: {
            /**
             * @description Their e-mail address.
             * @example ada@example.org
             */
            email: string;
            /** @description What they are to be. */
            role: components["schemas"]["Role"];
            /**
             * @description What people call them; `null` for none.
             * @default null
             */
            name?: string | null;
        };
        /**
         * UsersQuery
         * @description Which users.
         */
        UsersQuery: {
            /**
             * @description Those with this role.
             * @default null
             */
            role?: components["schemas"]["Role"] | null;
            /**
             * @description The one with this address.
             * @default null
             */
            email?: string | null;
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * UserChange
         * @description What to change; what is left out stays.
         */
        UserChange: {
            /** @description What they are to be. */
            role?: components["schemas"]["Role"];
            /** @description What people call them; `null` for none. */
            name?: string | null;
            /** @description Whether they are shut out. They stay in the books. */
            disabled?: boolean;
        };
        /**
         * KeyRequest
         * @description A key for a program.
         */
        KeyRequest: {
            /** @description What the key is for. */
            name: string;
            /** @description What it may do. */
            scopes: components["schemas"]["Permission"][];
            /**
             * @description RFC 3339; `null` for a key that lasts.
             * @default null
             */
            expires_at?: string | null;
        };
        /**
         * NewKeyView
         * @description A new key. It is told this once.
         */
        NewKeyView: {
            /** @description The key's id, which opens nothing. */
            id: string;
            /** @description What the key is for. */
            name: string;
            /** @description What it may do. */
            scopes: string[];
            /** @description The actor that has made it. */
            made_by: string;
            /** @description When it was made. */
            created_at: string;
            /** @description Until when it is good; `null`: it lasts. */
            expires_at: string | null;
            /** @description When it was last used, to the minute; `null`: never. */
            seen_at: string | null;
            /** @description Since when it opens nothing; `null`: it does. */
            withdrawn_at: string | null;
            /** @description For the `Authorization` header, after `Bearer`. */
            key: string;
        };
        /**
         * KeysQuery
         * @description Which keys.
         */
        KeysQuery: {
            /**
             * @description Where the page before ended; from the start unless given.
             * @default null
             */
            cursor?: string | null;
            /**
             * @description Entries per page, 1 to 500.
             * @default 100
             */
            limit?: number;
        };
        /**
         * KeyView
         * @description A key, without the key.
         */
        KeyView: {
            /** @description The key's id, which opens nothing. */
            id: string;
            /** @description What the key is for. */
            name: string;
            /** @description What it may do. */
            scopes: string[];
            /** @description The actor that has made it. */
            made_by: string;
            /** @description When it was made. */
            created_at: string;
            /** @description Until when it is good; `null`: it lasts. */
            expires_at: string | null;
            /** @description When it was last used, to the minute; `null`: never. */
            seen_at: string | null;
            /** @description Since when it opens nothing; `null`: it does. */
            withdrawn_at: string | null;
        };
        /**
         * LiveQuery
         * @description What a stream is about.
         */
        LiveQuery: {
            /**
             * @description Ids of items and slots, with commas between.
             * @default null
             */
            offerings?: string | null;
            /**
             * @description Ids of sites, for all slots there, with commas between.
             * @default null
             */
            sites?: string | null;
            /**
             * @description Ids of reservations, with commas between.
             * @default null
             */
            reservations?: string | null;
            /**
             * @description All events of the organization, for those who read the ledger.
             * @default false
             */
            feed?: boolean;
            /**
             * @description Of the last frame that came, to go on from there. A browser says the same in `Last-Event-ID` by itself.
             * @default null
             */
            cursor?: string | null;
        };
        /**
         * Frame
         * @description What a subscriber is told at once; whatever comes later has a later cursor.
         */
        Frame: {
            /**
             * @description `subscribed` comes first, with the counts as they are; then every `change`. After `resync` look at everything anew, for something was left out. `alive`: nothing has changed.
             * @enum {unknown}
             */
            type: "alive" | "change" | "resync" | "subscribed";
            /** @description Whoever comes back with it is told what follows this frame. */
            cursor: string;
            /**
             * @description Offerings whose counts have changed, each once.
             * @default []
             */
            availability?: components["schemas"]["firmhold.doors.live.shapes.CountsView"][];
            /**
             * @description Events, in the order in which they happened.
             * @default []
             */
            events?: components["schemas"]["CloudEvent"][];
        };
        /**
         * CountsView
         * @description An offering's counts, as they are now.
         */
        "firmhold.doors.live.shapes.CountsView": {
            /** @description The item's or slot's id; it never changes. */
            offering: string;
            /** @description Of its newest ledger entry. Higher is newer. */
            seq: number;
            /** @description Units there are to give, promised or not. */
            capacity: number;
            /** @description Units promised for now; a hold that has ended counts no longer. */
            held: number;
            /** @description Units promised for good. */
            confirmed: number;
            /** @description Units that can be had: capacity less held less confirmed. */
            available: number;
        };
        /**
         * CloudEvent
         * @description A CloudEvent, version 1.0.
         */
        CloudEvent: {
            /** @description The same whenever and however it is told. */
            id: string;
            /** @description Such as `firmhold.reservation.held`. */
            type: string;
            /** @description The organization, as a URN. */
            source: string;
            /** @description The reservation; or the offering, if it is about none. */
            subject: string;
            /** @description When it happened, by the clock that decides. */
            time: string;
            /** @description What happened. */
            data: components["schemas"]["EventData"];
            /**
             * @description Of CloudEvents.
             * @default 1.0
             */
            specversion?: string;
            /**
             * @description Of `data`.
             * @default application/json
             */
            datacontenttype?: string;
        };
        /**
         * EventData
         * @description What an event is about.
         */
        EventData: {
            /** @description One for each offering, by its id. */
            lines: components["schemas"]["ChangedLine"][];
            /** @description Whose doing it was, such as `user:usr_…`. */
            actor: string;
            /** @description The reservation, if it is about one. */
            reservation?: string;
            /** @description When the hold ends, as it stood then. */
            expires_at?: string;
            /** @description Why, if someone said so. */
            reason?: string;
        };
        /**
         * ChangedLine
         * @description What a change did to one offering.
         */
        ChangedLine: {
            /** @description The item's or slot's id; it never changes. */
            offering: string;
            /** @description The ledger entry's number. */
            seq: number;
            /** @description Units of capacity more, or fewer. */
            capacity_delta: number;
            /** @description Units held more, or fewer. */
            held_delta: number;
            /** @description Units confirmed more, or fewer. */
            confirmed_delta: number;
        };
        /**
         * GraphQLRequest
         * @description What is sent, as GraphQL over HTTP has it.
         */
        GraphQLRequest: {
            /** @description The document. */
            query: string;
            /**
             * @description Which of its operations, if it has several.
             * @default null
             */
            operationName?: string | null;
            /**
             * @description Values of its variables, by name.
             * @default null
             */
            variables?: Record<string, never> | null;
            /**
             * @description Not looked at.
             * @default null
             */
            extensions?: Record<string, never> | null;
        };
        /**
         * GraphQLAnswer
         * @description What it comes to.
         */
        GraphQLAnswer: {
            /**
             * @description What was asked for; null if nothing came of it.
             * @default null
             */
            data?: Record<string, never> | null;
            /**
             * @description What was refused, each with a problem document in its `extensions`.
             * @default []
             */
            errors?: Record<string, never>[];
        };
        /**
         * Problem
         * @description RFC 9457. `code` tells programs what `title` and `detail` tell people; further members give the bound, the line, the counts.
         */
        Problem: {
            /**
             * Format: uri-reference
             * @description Where the code is explained.
             */
            type: string;
            /** @description The code in words, always the same. */
            title: string;
            /** @description The HTTP status once more. */
            status: number;
            /** @description What was wrong this time. */
            detail: string;
            /**
             * @description What programs go by: the same in every door, and never changed.
             * @enum {string}
             */
            code: "unauthenticated" | "forbidden" | "rate_limited" | "malformed_request" | "idempotency_key_missing" | "idempotency_key_reused" | "idempotency_key_in_progress" | "not_found" | "too_late_to_cancel" | "not_on_sale_yet" | "sale_ended" | "too_far_ahead" | "too_late_to_book" | "limit_exceeded" | "insufficient_capacity" | "pool_busy" | "hold_expired" | "already_confirmed" | "already_released" | "already_cancelled" | "capacity_below_reserved" | "already_exists" | "version_conflict" | "overloaded" | "internal_error";
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description `private, no-cache`: whoever it is for may keep it, and asks each time whether it has changed. What does not say so is `no-store`: nobody keeps it. */
        "Cache-Control": string;
        /** @description The name to keep the file under, if it is one. */
        "Content-Disposition": string;
        /** @description What the answer is known by: sent back as `If-None-Match`, it asks for another one only if there is. */
        ETag: string;
        /** @description `true` if this is the first answer under the key once more, and nothing was done now; else it is left out. */
        "Idempotent-Replayed": "true";
        /** @description The address of the next page, as `<…>; rel="next"`, while there may be more (RFC 8288). */
        Link: string;
        /** @description Where the browser goes on. */
        Location: string;
        /** @description What is left of the limit that has least, and when there is one more, as `"holds-per-user";r=9;t=6`; of a refused request, of the limits that refused it (draft-ietf-httpapi-ratelimit-headers). Left out where nothing is limited, and where it is not known yet who asks. */
        RateLimit: string;
        /** @description The limits that concern the request, as `"holds-per-user";q=10;w=60`: so many in so many seconds. */
        "RateLimit-Policy": string;
        /** @description Seconds after which to repeat the request, with the same key. */
        "Retry-After": number;
        /** @description For browsers, and not for scripts in them: the next refresh token, or the attempt to sign in at an identity provider, or that there is none any more. */
        "Set-Cookie": string;
        /** @description What else the form of the answer depends on: `Accept`. */
        Vary: string;
        /** @description That a bearer token is asked for. */
        "WWW-Authenticate": string;
        /** @description By what the request is found in the log: the `X-Request-ID` that it came with, if that has 1 to 64 letters, digits, dots, hyphens and underscores. */
        "X-Request-ID": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_reservations: {
        parameters: {
            query?: {
                /** @description As of now: a hold whose time is over has expired. */
                status?: "cancelled" | "confirmed" | "expired" | "fulfilled" | "held" | "no_show" | "released";
                /** @description Those with a line on this item or slot. */
                offering?: string;
                /** @description Those of this customer, by a user's id, an e-mail address in any case of letters, or as the reservation has it. */
                customer?: string;
                /** @description Placed at this instant or later; RFC 3339. */
                from?: string;
                /** @description Placed before this instant; RFC 3339. */
                to?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["ReservationView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    place_hold: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "lines": [
                 *         {
                 *           "sku": "FLASH-SALE-001",
                 *           "quantity": 2
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["firmhold.doors.rest.shapes.reservations.HoldRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_reservation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ConfirmRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    extend_reservation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "ttl_seconds": 400
                 *     }
                 */
                "application/json": components["schemas"]["ExtendRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    release_reservation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ReleaseRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_reservation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Changed my mind"
                 *     }
                 */
                "application/json": components["schemas"]["CancelRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    move_reservation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "lines": [
                 *         {
                 *           "sku": "FLASH-SALE-001",
                 *           "quantity": 2
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["MoveRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_in_reservation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "outcome": "fulfilled"
                 *     }
                 */
                "application/json": components["schemas"]["CheckInRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_reservation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_waitlist: {
        parameters: {
            query?: {
                /** @description Those for this item or slot, in the order of the line. */
                offering?: string;
                /** @description Those of this customer, by a user's id, an e-mail address in any case of letters, or as the entry has it. */
                customer?: string;
                /** @description As of now. */
                status?: "accepted" | "closed" | "declined" | "lapsed" | "offered" | "waiting" | "withdrawn";
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["WaitView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    join_waitlist: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sku": "FLASH-SALE-001",
                 *       "quantity": 2
                 *     }
                 */
                "application/json": components["schemas"]["WaitRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_waitlist_entry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The waitlist entry's id. */
                entry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leave_waitlist: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The waitlist entry's id. */
                entry: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_items: {
        parameters: {
            query?: {
                /** @description Text that the name or the SKU contains, in any case of letters. */
                search?: string;
                /** @description The one item with exactly this SKU. */
                sku?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["ItemView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_item: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sku": "LAMP-7",
                 *       "name": "Desk lamp",
                 *       "capacity": 40,
                 *       "price": {
                 *         "amount": 4900,
                 *         "currency": "EUR"
                 *       },
                 *       "max_per_customer": 2
                 *     }
                 */
                "application/json": components["schemas"]["ItemRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_items: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "sku": "CHAIR-1",
                 *           "name": "Chair, oak",
                 *           "capacity": 12
                 *         },
                 *         {
                 *           "sku": "CHAIR-2",
                 *           "name": "Chair, ash",
                 *           "capacity": 8
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ItemsRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["ItemView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_item: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path: {
                /** @description The item's id. */
                item: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_item: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The item's id. */
                item: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "max_per_customer": 3
                 *     }
                 */
                "application/json": components["schemas"]["ItemChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_capacity: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The item's id. */
                item: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "delta": 5,
                 *       "reason": "Delivery 4711"
                 *     }
                 */
                "application/json": components["schemas"]["CapacityRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CapacityView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sites: {
        parameters: {
            query?: {
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["SiteView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_site: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "North clinic",
                 *       "zone": "Europe/Berlin",
                 *       "address": "1 Station Road",
                 *       "opening_hours": [
                 *         {
                 *           "day": "MO",
                 *           "opens": "09:00",
                 *           "closes": "17:00"
                 *         },
                 *         {
                 *           "day": "TU",
                 *           "opens": "09:00",
                 *           "closes": "13:00"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SiteRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_site: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path: {
                /** @description The site's id. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_site: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The site's id. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "notice_minutes": 60,
                 *       "blackouts": [
                 *         {
                 *           "starts": "2035-12-24T12:00",
                 *           "ends": "2035-12-27",
                 *           "reason": "Holidays"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SiteChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_pools: {
        parameters: {
            query?: {
                /** @description Those of this kind. */
                kind?: "equipment" | "practitioner" | "room";
                /** @description Those at home at this site. */
                site?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["PoolView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_pool: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "equipment",
                 *       "name": "Ventilator",
                 *       "units": 3,
                 *       "site": "site_019ab4c07e9174d2a05b1c36f8e0d94a",
                 *       "after_minutes": 15
                 *     }
                 */
                "application/json": components["schemas"]["PoolRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_pool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The pool's id. */
                pool: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_pool: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The pool's id. */
                pool: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_pool: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The pool's id. */
                pool: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "after_minutes": 20
                 *     }
                 */
                "application/json": components["schemas"]["PoolChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_loans: {
        parameters: {
            query: {
                /** @description What is lent at this instant or later. */
                from: string;
                /** @description What is lent before this instant. */
                to: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The pool's id. */
                pool: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["LoanView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_slots: {
        parameters: {
            query?: {
                /** @description Those at this site. */
                site?: string;
                /** @description Those that take from this pool. */
                pool?: string;
                /** @description Those that this schedule made. */
                schedule?: string;
                /** @description Those that start at this instant or later; RFC 3339. */
                from?: string;
                /** @description Those that start before this instant; RFC 3339. */
                to?: string;
                /** @description Only those that a customer could book now. */
                bookable?: boolean;
                /** @description Those that were withdrawn, too. */
                withdrawn?: boolean;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["SlotView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_slot: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "site": "site_019ab4c07e9174d2a05b1c36f8e0d94a",
                 *       "title": "Hip replacement",
                 *       "starts_at": "2035-03-05T08:00:00+01:00",
                 *       "minutes": 120,
                 *       "room": "pool_019ab4c1a5507b63b1f8902d4e7c6a15",
                 *       "practitioner": "pool_019ab4c1b21e7cf08d3a57e4196b0c82",
                 *       "requirements": [
                 *         {
                 *           "pool": "pool_019ab4c1c8d47205a6e91f0b73d2485c",
                 *           "units": 2
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SlotRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_slots: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "slots": [
                 *         {
                 *           "site": "site_019ab4c07e9174d2a05b1c36f8e0d94a",
                 *           "title": "Vaccination",
                 *           "starts_at": "2035-03-06T09:00:00+01:00",
                 *           "minutes": 15,
                 *           "capacity": 4
                 *         },
                 *         {
                 *           "site": "site_019ab4c07e9174d2a05b1c36f8e0d94a",
                 *           "title": "Vaccination",
                 *           "starts_at": "2035-03-06T09:15:00+01:00",
                 *           "minutes": 15,
                 *           "capacity": 4
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SlotsRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["SlotView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_slot: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path: {
                /** @description The slot's id. */
                slot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdraw_slot: {
        parameters: {
            query?: {
                /** @description Why; kept in the ledger. */
                reason?: string;
            };
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The slot's id. */
                slot: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_slot: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The slot's id. */
                slot: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "title": "Hip replacement, left",
                 *       "open": false
                 *     }
                 */
                "application/json": components["schemas"]["SlotChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_slot_capacity: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The slot's id. */
                slot: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "delta": 2,
                 *       "reason": "A second nurse"
                 *     }
                 */
                "application/json": components["schemas"]["CapacityRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CapacityView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    move_slot: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The slot's id. */
                slot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "starts_at": "2035-03-07T08:00:00+01:00"
                 *     }
                 */
                "application/json": components["schemas"]["SlotMove"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_slots: {
        parameters: {
            query: {
                /** @description Id of the site where they take place. */
                site: string;
                /** @description `skip`: take what is good; `abort`: nothing unless all of it is. */
                on_error?: "abort" | "skip";
                /** @description IANA time zone of times without offset or zone, and of zones in a calendar that nobody knows; unless given, the former are by the site's clocks and the latter are not taken. */
                zone?: string;
            };
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example title,starts_at,minutes,capacity
                 *     Vaccination,2035-03-06T09:00,15,4
                 *     Vaccination,2035-03-06T09:15,15,4
                 */
                "text/csv": string;
                "text/calendar": string;
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotsImported"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_schedule: {
        parameters: {
            query?: {
                /** @description Id of the schedule that would say this instead; none: a new one. */
                schedule?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "site": "site_019ab4c07e9174d2a05b1c36f8e0d94a",
                 *       "title": "General practice",
                 *       "rule": "FREQ=WEEKLY;BYDAY=MO,TH",
                 *       "sessions": [
                 *         {
                 *           "opens": "09:00",
                 *           "closes": "13:00"
                 *         }
                 *       ],
                 *       "slot_minutes": 20,
                 *       "breaks": [
                 *         {
                 *           "starts": "11:00",
                 *           "ends": "11:20"
                 *         }
                 *       ],
                 *       "overrides": [
                 *         {
                 *           "on": "2035-01-01",
                 *           "closed": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ScheduleRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_schedules: {
        parameters: {
            query?: {
                /** @description Those of this site. */
                site?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["ScheduleView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_schedule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "site": "site_019ab4c07e9174d2a05b1c36f8e0d94a",
                 *       "title": "General practice",
                 *       "rule": "FREQ=WEEKLY;BYDAY=MO,TH",
                 *       "sessions": [
                 *         {
                 *           "opens": "09:00",
                 *           "closes": "13:00"
                 *         }
                 *       ],
                 *       "slot_minutes": 20,
                 *       "breaks": [
                 *         {
                 *           "starts": "11:00",
                 *           "ends": "11:20"
                 *         }
                 *       ],
                 *       "overrides": [
                 *         {
                 *           "on": "2035-01-01",
                 *           "closed": true
                 *         }
                 *       ],
                 *       "room": "pool_019ab4c1a5507b63b1f8902d4e7c6a15",
                 *       "practitioner": "pool_019ab4c1b21e7cf08d3a57e4196b0c82"
                 *     }
                 */
                "application/json": components["schemas"]["ScheduleRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The schedule's id. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stop_schedule: {
        parameters: {
            query?: {
                /** @description Whether those to come that nobody has reserved are withdrawn. */
                withdraw?: boolean;
            };
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The schedule's id. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_schedule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The schedule's id. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "slot_minutes": 30
                 *     }
                 */
                "application/json": components["schemas"]["ScheduleChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    regenerate_schedule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The schedule's id. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_schedule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The schedule's id. */
                schedule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_site_calendar: {
        parameters: {
            query?: {
                /** @description The calendar's own token, where the catalogue is not public. */
                token?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
                /** @description The `ETag` of what you have: if it is the same, the answer is 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The site's id. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_calendar_token: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The site's id. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedTokenView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdraw_calendar_tokens: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The site's id. */
                site: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedTokensWithdrawn"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_reservation_calendar: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what you have: if it is the same, the answer is 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_availability: {
        parameters: {
            query?: {
                /** @description RFC 3339, not in the future; now unless given. */
                at?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path: {
                /** @description The item's or the slot's id. */
                offering: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AvailabilityView"] | components["schemas"]["firmhold.doors.rest.shapes.offerings.CountsView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_ledger: {
        parameters: {
            query?: {
                /** @description Those about this reservation; all unless given. */
                reservation?: string;
                /** @description Which entries come first. */
                order?: "newest" | "oldest";
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The item's or the slot's id. */
                offering: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["EntryView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_organization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_organization: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "hold_ttl_seconds": 300
                 *     }
                 */
                "application/json": components["schemas"]["OrganizationChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_acts: {
        parameters: {
            query?: {
                /** @description Those of this kind: `create_user`. */
                kind?: string;
                /** @description Those of this actor, as `user:usr_…`. */
                actor?: string;
                /** @description Those about this, such as `usr_…`. */
                subject?: string;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["ActView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_checkpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckpointView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prove_entry: {
        parameters: {
            query?: {
                /** @description Of the ledger entry, if it is one and not an act. */
                number?: number;
            };
            header?: never;
            path: {
                /** @description The act's id, or the offering's whose ledger entry `number` names. */
                subject: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InclusionView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prove_consistency: {
        parameters: {
            query: {
                /** @description Entries under the earlier checkpoint. */
                old: number;
                /** @description Under the later one; the newest unless given. */
                new?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsistencyView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_organizations: {
        parameters: {
            query?: {
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["OrganizationView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_organization: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "slug": "town-theatre",
                 *       "name": "Town Theatre",
                 *       "owner": {
                 *         "email": "grace@example.org",
                 *         "name": "Grace Hopper"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["OrganizationRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewOrganizationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_any_organization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The organization's id. */
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["WebhookView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://shop.example/hooks",
                 *       "types": [
                 *         "reservation.confirmed"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The webhook's id. */
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The webhook's id. */
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_webhook: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The webhook's id. */
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "enabled": false
                 *     }
                 */
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The webhook's id. */
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_deliveries: {
        parameters: {
            query?: {
                /** @description Only those that wait, were taken, or were given up. */
                status?: "delivered" | "failed" | "waiting";
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The webhook's id. */
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["DeliveryView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeliver: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The webhook's id. */
                webhook: string;
                /** @description The event's id. */
                event: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report_holds: {
        parameters: {
            query?: {
                /** @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given. */
                from?: string;
                /** @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given. */
                to?: string;
                /** @description IANA name of whose clocks; the site's if one is named, else UTC. */
                zone?: string;
                /** @description `csv` for a spreadsheet; as `Accept` says unless given. */
                format?: "csv" | "json";
                /** @description How long a step is, by the zone's clocks. A week begins on Monday. */
                every?: "day" | "hour" | "month" | "week";
                /** @description Of what is at this site. */
                site?: string;
                /** @description Of this item or slot. */
                offering?: string;
                /** @description Of slots that take from this pool. */
                pool?: string;
                /** @description Of all of this kind. */
                kind?: "item" | "slot";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldsReport"];
                    "text/csv": string;
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report_sell_through: {
        parameters: {
            query?: {
                /** @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given. */
                from?: string;
                /** @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given. */
                to?: string;
                /** @description IANA name of whose clocks; the site's if one is named, else UTC. */
                zone?: string;
                /** @description `csv` for a spreadsheet; as `Accept` says unless given. */
                format?: "csv" | "json";
                /** @description How long a step is, by the zone's clocks. A week begins on Monday. */
                every?: "day" | "hour" | "month" | "week";
                /** @description Of this item or slot; of all items unless given. */
                offering?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SellThroughReport"];
                    "text/csv": string;
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report_sell_outs: {
        parameters: {
            query?: {
                /** @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given. */
                from?: string;
                /** @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given. */
                to?: string;
                /** @description IANA name of whose clocks; the site's if one is named, else UTC. */
                zone?: string;
                /** @description `csv` for a spreadsheet; as `Accept` says unless given. */
                format?: "csv" | "json";
                /** @description Of this item or slot. */
                offering?: string;
                /** @description Of slots that take from this pool. */
                pool?: string;
                /** @description Of all of this kind; of items unless something is named. */
                kind?: "item" | "slot";
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SellOutsReport"];
                    "text/csv": string;
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report_utilisation: {
        parameters: {
            query?: {
                /** @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given. */
                from?: string;
                /** @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given. */
                to?: string;
                /** @description IANA name of whose clocks; the site's if one is named, else UTC. */
                zone?: string;
                /** @description `csv` for a spreadsheet; as `Accept` says unless given. */
                format?: "csv" | "json";
                /** @description How long a step is, by the zone's clocks. A week begins on Monday. */
                every?: "day" | "hour" | "month" | "week";
                /** @description Pools at this site. */
                site?: string;
                /** @description This pool. */
                pool?: string;
                /** @description Of this kind. */
                kind?: "equipment" | "practitioner" | "room";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UtilisationReport"];
                    "text/csv": string;
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report_no_shows: {
        parameters: {
            query?: {
                /** @description Where the period begins: a date, or a time at a whole quarter of an hour, by the zone's clocks unless it has an offset. A week before its end unless given. */
                from?: string;
                /** @description Where the period is over, likewise: the first instant that is not in it. When the step in which we are is over, unless given. */
                to?: string;
                /** @description IANA name of whose clocks; the site's if one is named, else UTC. */
                zone?: string;
                /** @description `csv` for a spreadsheet; as `Accept` says unless given. */
                format?: "csv" | "json";
                /** @description What a group has in common: the slots' title, a pool that they take from (a practitioner, a room), the site, or the step in which they begin. */
                by?: "pool" | "service" | "site" | "time";
                /** @description How long a step is, by the zone's clocks. A week begins on Monday. */
                every?: "day" | "hour" | "month" | "week";
                /** @description Of what is at this site. */
                site?: string;
                /** @description Of this slot. */
                slot?: string;
                /** @description Of slots that take from this pool. */
                pool?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoShowsReport"];
                    "text/csv": string;
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_notifications: {
        parameters: {
            query?: {
                /** @description Only those that wait, were sent, were given up, or had become needless. */
                status?: "dropped" | "failed" | "sent" | "waiting";
                /** @description Only those that tell this. */
                kind?: "cancellation" | "confirmation" | "expiry" | "offer" | "reminder";
                /** @description Only those of this way. */
                channel?: "email" | "log" | "sms" | "topic";
                /** @description Only those about this reservation. */
                reservation?: string;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["NotificationView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeliver_notification: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The notification's id. */
                notification: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_notification_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettingsView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_notification_settings: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "channels": [
                 *         "email"
                 *       ],
                 *       "reminder_minutes": [
                 *         1440,
                 *         60
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NotificationSettingsRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettingsView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_notification_templates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["TemplateView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_notification_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `confirmation`, `reminder`, `cancellation`, `offer` or `expiry`. */
                kind: string;
                /** @description Such as `en` or `de-AT`. */
                language: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_notification_template: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description `confirmation`, `reminder`, `cancellation`, `offer` or `expiry`. */
                kind: string;
                /** @description Such as `en` or `de-AT`. */
                language: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "subject": "See you soon: {title}",
                 *       "text": "Hello {customer},\n\n{lines}\n\n{address}"
                 *     }
                 */
                "application/json": components["schemas"]["TemplateRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_notification_template: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description `confirmation`, `reminder`, `cancellation`, `offer` or `expiry`. */
                kind: string;
                /** @description Such as `en` or `de-AT`. */
                language: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_notification_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `confirmation`, `reminder`, `cancellation`, `offer` or `expiry`. */
                kind: string;
                /** @description Such as `en` or `de-AT`. */
                language: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "subject": "See you soon: {title}",
                 *       "text": "Hello {customer},\n\n{lines}\n\n{address}"
                 *     }
                 */
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RenderedView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_notification_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferencesView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_notification_preferences: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "language": "de",
                 *       "kinds_off": [
                 *         "reminder"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PreferencesRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreferencesView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reserve: {
        parameters: {
            query?: never;
            header: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sku": "FLASH-SALE-001",
                 *       "quantity": 2
                 *     }
                 */
                "application/json": components["schemas"]["ReserveRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReserveAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_checkout: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reservation_id": "rsv_019ab4d2c83e7a1f9d5be0742c6f18a3"
                 *     }
                 */
                "application/json": components["schemas"]["CheckoutRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_checkout: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reservation_id": "rsv_019ab4d2c83e7a1f9d5be0742c6f18a3"
                 *     }
                 */
                "application/json": components["schemas"]["CheckoutRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_inventory: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path: {
                /** @description The item's SKU, percent-encoded: a slash in it is `%2F`. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InventoryAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_products: {
        parameters: {
            query?: {
                /** @description Text that the name or the SKU contains, in any case of letters. */
                search?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"][];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_live_products: {
        parameters: {
            query?: {
                /** @description Text that the name or the SKU contains, in any case of letters. */
                search?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"][];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_product: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path: {
                /** @description The product's id or its SKU, percent-encoded. */
                product: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hold_product: {
        parameters: {
            query?: never;
            header: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "productId": "FLASH-SALE-001",
                 *       "email": "customer@demo.example",
                 *       "qty": 1
                 *     }
                 */
                "application/json": components["schemas"]["firmhold.doors.storefront.shapes.HoldRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_order: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The `orderId` that came with the hold. */
                order: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_orders: {
        parameters: {
            query: {
                /** @description Whose orders, in any case of letters. */
                email: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"][];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_metrics: {
        parameters: {
            query?: {
                /** @description The id of one item; all of them unless given. */
                item?: string;
                /** @description How far back the series reaches, 1 to 1,440. */
                minutes?: number;
                /** @description Length of a step, 1 to 3,600. */
                step_seconds?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetricsAnswer"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_open_slots: {
        parameters: {
            query?: {
                /** @description Those at this site. */
                siteId?: string;
                /** @description Those that need this room, practitioner or equipment. */
                resourceId?: string;
                /** @description Those that begin then or later. */
                from?: string;
                /** @description Those that begin before then. */
                to?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenSlot"][];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hold_slot: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The slot's id. */
                slot: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "qty": 1
                 *     }
                 */
                "application/json": components["schemas"]["SlotHoldRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReservation"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_slot: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The slot's id. */
                slot: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "holdId": "rsv_019ab4e5b1d07c92a34f60e7d8c5b91e"
                 *     }
                 */
                "application/json": components["schemas"]["SlotConfirmRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReservation"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_appointment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reservation's id. */
                reservation: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "Feeling better"
                 *     }
                 */
                "application/json": components["schemas"]["SlotCancelRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReservation"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    book_slot: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "slotId": "slot_019ab4c2d6f37a4eb20c8d15e97f3061",
                 *       "patientId": "customer@demo.example",
                 *       "patientName": "Ada Lovelace"
                 *     }
                 */
                "application/json": components["schemas"]["BookingRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_booking: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `bookingId` that came with the booking. */
                booking: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_booking: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The `bookingId` that came with the booking. */
                booking: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["BookingConfirmRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    schedule_slot: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "doctor_name": "Dr. Grace Okafor",
                 *       "procedure_type": "Knee arthroscopy",
                 *       "room_id": "pool_019ab4c1e6f70a825c9d13b4f0a867e2",
                 *       "start_time": "2035-03-05T08:00:00+01:00",
                 *       "end_time": "2035-03-05T10:30:00+01:00",
                 *       "equipment": [
                 *         {
                 *           "id": "pool_019ab4c1c8d47205a6e91f0b73d2485c",
                 *           "units": 1
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["AdminSlotRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminSlot"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report_bookings: {
        parameters: {
            query?: {
                /** @description Those that stand so. */
                status?: "CONFIRMED" | "FAILED" | "PENDING";
                /** @description Those at this site. */
                siteId?: string;
                /** @description Those of this slot. */
                slotId?: string;
                /** @description Those for slots that begin then or later. */
                from?: string;
                /** @description Those for slots that begin before then. */
                to?: string;
                /** @description `csv` for a spreadsheet; as `Accept` says unless given. */
                format?: "csv" | "json";
                /** @description Bookings per page, 1 to 500. Unless given, a list has 100 to a page, and a spreadsheet has all of them. */
                limit?: number;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportedBooking"][];
                    "text/csv": string;
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "grace@example.org",
                 *       "password": "long-and-only-mine",
                 *       "name": "Ada Byron"
                 *     }
                 */
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "grace@example.org",
                 *       "password": "long-and-only-mine",
                 *       "name": "Ada Byron"
                 *     }
                 */
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org",
                 *       "password": "long-and-only-mine"
                 *     }
                 */
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org",
                 *       "password": "long-and-only-mine"
                 *     }
                 */
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "fhr_d5Jx0b1v3bQmF1u8w1mXb3rX3m0o2mO4y9b7p6bQk0c"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "fhr_d5Jx0b1v3bQmF1u8w1mXb3rX3m0o2mO4y9b7p6bQk0c"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "fhr_d5Jx0b1v3bQmF1u8w1mXb3rX3m0o2mO4y9b7p6bQk0c"
                 *     }
                 */
                "application/json": components["schemas"]["SignOutRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "fhr_d5Jx0b1v3bQmF1u8w1mXb3rX3m0o2mO4y9b7p6bQk0c"
                 *     }
                 */
                "application/json": components["schemas"]["SignOutRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_up: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "fhc_a0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9f",
                 *       "email": "grace@example.org",
                 *       "password": "long-and-only-mine"
                 *     }
                 */
                "application/json": components["schemas"]["SetUpRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    who_am_i: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id. */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current": "long-and-only-mine",
                 *       "new": "longer-and-only-mine"
                 *     }
                 */
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forget_password: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.org"
                 *     }
                 */
                "application/json": components["schemas"]["ForgottenRequest"];
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "fhc_5f2c1d0e9b8a79685746352413021f0e5f2c1d0e9b8a79685746352413021f0e",
                 *       "password": "longer-and-only-mine"
                 *     }
                 */
                "application/json": components["schemas"]["ResetRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_address: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "fhc_0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
                 *     }
                 */
                "application/json": components["schemas"]["VerifyRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send_verification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description Those with this role. */
                role?: components["schemas"]["Role"];
                /** @description The one with this address. */
                email?: string;
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["MemberView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "grace@example.org",
                 *       "role": "operator",
                 *       "name": "Grace Hopper"
                 *     }
                 */
                "application/json": components["schemas"]["UserRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_user: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The user's id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "role": "auditor"
                 *     }
                 */
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: {
                /** @description Where the page before ended; from the start unless given. */
                cursor?: string;
                /** @description Entries per page, 1 to 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The entries of this page. */
                        data: components["schemas"]["KeyView"][];
                        /** @description Cursor of the next page, also as `Link: rel="next"`. */
                        next?: string | null;
                    };
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Box office",
                 *       "scopes": [
                 *         "reservations:write"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKeyView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdraw_key: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your name for this one intended effect. `X-Idempotency-Key` is understood too.
                 * @example 7f3c2b1e-2f53-4d0e-9d6c-0c6a8f1f2f6b
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The API key's id, which is not the key. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: {
                /** @description Ids of items and slots, with commas between. */
                offerings?: string;
                /** @description Ids of sites, for all slots there, with commas between. */
                sites?: string;
                /** @description Ids of reservations, with commas between. */
                reservations?: string;
                /** @description All events of the organization, for those who read the ledger. */
                feed?: boolean;
                /** @description Of the last frame that came, to go on from there. A browser says the same in `Last-Event-ID` by itself. */
                cursor?: string;
            };
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Here it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Frame"];
                };
            };
            /** @description A refusal. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    graphql: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug of the organization, without a token; the server's default unless given. */
                "X-Organization"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "query": "query Next($first: Int) { items(first: $first) { edges { node { sku } } } }",
                 *       "variables": {
                 *         "first": 3
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["GraphQLRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphQLAnswer"];
                    "application/graphql-response+json": components["schemas"]["GraphQLAnswer"];
                };
            };
        };
    };
}
