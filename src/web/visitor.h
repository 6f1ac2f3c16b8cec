// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Whose reading a request is: a person's counts as a view, the others are counted apart (press/views.h).
 * A robot is a program that says so: its User-Agent holds a word that robots use, or it sends From, or it sends no
 * User-Agent at all (every browser does). Thread-safe. */
#include "press/views.h"
#include "web/incoming.h"
#include "web/network.h"

bool visitor_is_robot(struct str user_agent);
/* The first that fits: HEAD, robot, prefetch, staff, person. */
enum view_kind visitor_kind(const struct incoming *in, const struct address *client, const struct networks *staff);
