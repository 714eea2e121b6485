/*
 * questions.h: what people ask when a map allocates, and the command that
 * answers.
 */
#ifndef TOOLS_CLI_QUESTIONS_H
#define TOOLS_CLI_QUESTIONS_H

struct question {
    const char *ask;     /* as people ask it */
    const char *command; /* "run large-map": what to type after hmap */
};

extern const struct question questions[]; /* ended by a NULL ask */

#endif
