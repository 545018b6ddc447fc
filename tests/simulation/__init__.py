"""The real engine and the real rules, thousands of times a minute, in an order that is told by a
number: on a simulated database, with a clock that is moved, and with everything going wrong.

    python -m tests.simulation.run --schedules 100000        a long run; --help tells the rest
    python -m tests.simulation.run --replay TOKEN            one schedule, as a story

`loop` decides nothing and lets a scheduler decide; `server`, `statements` and `session` are the
database; `world` has nodes that die and come back; `invariants` looks at every commit and
`promises` at every answer; `exploring` runs schedules and makes failing ones shorter.

A new actor is a coroutine in `actors`, put on stage by a line in one of the `scenarios`:

    async def browser(stage: Stage, name: str, item: str) -> None:
        # Holds, and thinks better of it.
        who, client = Actor(f"user:{name}", name), stage.client(name)
        lines = (Asked(item, 1 + stage.choose(2)),)
        id = stage.world.new_id("rsv")
        await stage.insist(client, lambda intent: Hold(id, who, name, lines, TTL, notes=intent))
        await stage.insist(client, lambda _: Release(id, who))

A new fault is a function in `faults`:

    @fault
    def out_of_memory(it: Arrival) -> None:
        '''Server out of memory.'''
        it.fail(asyncpg.OutOfMemoryError("out of memory"))

What the simulation cannot see is SQL itself, of which it reads no more than clocks and locks: that
its statements do what PostgreSQL does is shown by `test_faithful`, against a real one.
"""
