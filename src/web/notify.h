// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Tells the service manager what the process is about (sd_notify(3), spoken by hand: one datagram to NOTIFY_SOCKET).
 * Each does nothing, and succeeds, when NOTIFY_SOCKET is not set. Thread-safe. 0, or a negative code. */

int notify_ready(void);     /* READY=1 */
int notify_reloading(void); /* RELOADING=1 with MONOTONIC_USEC; follow it by notify_ready() */
int notify_stopping(void);  /* STOPPING=1 */
