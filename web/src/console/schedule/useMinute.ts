import { serverClock } from "@shared/clock/serverClock.ts";
import { useEffect, useState } from "react";

const minute = () => Math.floor(serverClock.now() / 60_000) * 60_000;

/** The server's time to the minute: a week is not drawn anew each second. */
export function useMinute(): number {
  const [now, setNow] = useState(minute);
  useEffect(() => {
    const timer = setInterval(() => setNow(minute()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
