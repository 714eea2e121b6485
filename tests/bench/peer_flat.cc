/*
 * peer_flat.cc: the map rows on a flat hash table of C++, as it comes, with its
 * own hash: absl::flat_hash_map, a swiss table, or with -DPEER_BOOST
 * boost::unordered_flat_map, which has 15 slots and their bytes in a group.
 */
#include "tests/bench/benchjob.h"
#include <string_view>
#ifdef PEER_BOOST
#    include <boost/unordered/unordered_flat_map.hpp>
template <class K, class V> using flat_map = boost::unordered_flat_map<K, V>;
#else
#    include <absl/container/flat_hash_map.h>
template <class K, class V> using flat_map = absl::flat_hash_map<K, V>;
#endif

struct table {
    flat_map<int64_t, int64_t> num;
    flat_map<std::string_view, int64_t> str;
};

enum { table_hint = true };

static inline std::string_view view(keystring key)
{
    return std::string_view(key.str, static_cast<size_t>(key.len));
}

static inline table *table_new(size_t hint, bool str)
{
    table *t = new table;
    if (hint != 0 && str)
        t->str.reserve(hint);
    else if (hint != 0)
        t->num.reserve(hint);
    return t;
}

static inline void table_free(table *t)
{
    delete t;
}

static inline void table_put(table *t, int64_t key, int64_t value)
{
    t->num[key] = value;
}

static inline int64_t table_get(table *t, int64_t key)
{
    auto it = t->num.find(key);
    return it == t->num.end() ? 0 : it->second;
}

static inline void table_del(table *t, int64_t key)
{
    t->num.erase(key);
}

static inline uint64_t table_sum(table *t)
{
    uint64_t sum = 0;
    for (const auto &e : t->num)
        sum += static_cast<uint64_t>(e.first + e.second);
    return sum;
}

static inline void table_sput(table *t, keystring key, int64_t value)
{
    t->str[view(key)] = value;
}

static inline int64_t table_sget(table *t, keystring key)
{
    auto it = t->str.find(view(key));
    return it == t->str.end() ? 0 : it->second;
}

static inline void table_sdel(table *t, keystring key)
{
    t->str.erase(view(key));
}

static inline uint64_t table_ssum(table *t)
{
    uint64_t sum = 0;
    for (const auto &e : t->str)
        sum += e.first.size() + static_cast<uint64_t>(e.second);
    return sum;
}

#include "tests/bench/maploops.h"

int main(int argc, char **argv)
{
    static const struct loop loops[] = {
        {"map", map_start, map_round},
        {"curve", curve_start, curve_round},
        {nullptr, nullptr, nullptr},
    };
    return bench_main(argc, argv, loops);
}
