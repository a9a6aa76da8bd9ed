/* path.c -- from a field's value to what a path gives of it. */
#include "model/path.h"

#include <stdlib.h>

#include "types/container.h"
#include "types/doc_key.h"

static int compare_values(const void *x, const void *y)
{
    return nr_value_cmp(x, y);
}

void nr_values_sort(nr_values *v)
{
    bool sorted = true;
    for (size_t i = 1; sorted && i < v->n; i++) sorted = nr_value_cmp(&v->at[i - 1], &v->at[i]) < 0;
    if (sorted) return;
    qsort(v->at, v->n, sizeof *v->at, compare_values);
    size_t kept = 1;
    for (size_t i = 1; i < v->n; i++)
        if (nr_value_cmp(&v->at[i], &v->at[kept - 1]) != 0) v->at[kept++] = v->at[i];
    v->n = kept;
}

void nr_path_set_free(nr_path *p)
{
    p->free = true;
    p->last = nr_spec_free;
}

static bool is_json(const nr_type *type)
{
    return (type->flags & NR_TF_CONTAINER) && type->reply == NR_REPLY_STRING;
}

nr_path nr_path_of(const nr_field *f)
{
    nr_path p = {.field = f};
    if (f->type && is_json(f->type)) nr_path_set_free(&p);
    return p;
}

static const nr_field *step_into(const nr_field *f, const nr_step *s)
{
    if (!(f->type->flags & NR_TF_MEMBERS)) return f->of;
    for (size_t i = 0; i < f->n_members; i++)
        if (nr_slice_eq(f->members[i].name, s->key)) return &f->members[i];
    return NULL;
}

const nr_field *nr_path_inner(const nr_path *p)
{
    const nr_field *f = p->field;
    for (size_t i = 0; f && i < p->n_steps; i++) f = step_into(f, &p->steps[i]);
    return f;
}

const nr_field *nr_path_dict_value(const nr_path *p)
{
    nr_path holder = *p;
    if (!p->n_steps || p->n_transforms || p->free || p->steps[p->n_steps - 1].each) return NULL;
    holder.n_steps--;
    const nr_field *f = nr_path_inner(&holder);
    bool dict = f && f->type->reply == NR_REPLY_MAP && !(f->type->flags & NR_TF_MEMBERS) && f->of;
    return dict && !is_json(f->of->type) ? f->of : NULL;
}

const nr_type *nr_path_type(const nr_path *p)
{
    const nr_type *known = nr_path_spec(p)->type;
    const nr_field *inner = known ? NULL : nr_path_inner(p);
    return known || (inner->type->flags & NR_TF_RELATION) ? known : inner->type;
}

bool nr_path_eq(const nr_path *a, const nr_path *b)
{
    if (a->field != b->field || a->free != b->free || a->n_transforms != b->n_transforms || a->n_steps != b->n_steps) return false;
    for (size_t i = 0; i < a->n_transforms; i++)
        if (a->transforms[i] != b->transforms[i]) return false;
    for (size_t i = 0; i < a->n_steps; i++)
        if (a->steps[i].each != b->steps[i].each || !nr_slice_eq(a->steps[i].key, b->steps[i].key)) return false;
    return true;
}

bool nr_path_transform(nr_path *p, const nr_transform *t)
{
    if (p->n_transforms == NR_PATH_TRANSFORMS) return false;
    p->transforms[p->n_transforms++] = t;
    p->free = false;
    p->last = (nr_spec){.type = nr_type_find(nr_slice_of(t->gives))};
    return true;
}

bool nr_path_step(nr_path *p, nr_step step, nr_arena *arena)
{
    if (p->n_steps == NR_PATH_STEPS) return false;
    nr_step *steps = NR_NEW_N(arena, nr_step, (size_t)p->n_steps + 1);
    if (p->n_steps) memcpy(steps, p->steps, p->n_steps * sizeof *steps);
    steps[p->n_steps++] = (nr_step){step.each, step.key.p ? nr_arena_copy(arena, step.key) : step.key};
    p->steps = steps;
    p->many = p->many || step.each;
    p->free = false;
    const nr_field *inner = nr_path_inner(p);
    if (!inner || is_json(inner->type)) nr_path_set_free(p);
    return true;
}

/* A walk in the middle of its way. */
typedef struct walk {
    const nr_path *path;
    nr_form form;
    nr_arena *arena;
    nr_values *out;
} walk;

static nr_value text_value(nr_slice s)
{
    return (nr_value){.kind = NR_V_TEXT, .s = s};
}

static nr_value free_value(const walk *w, nr_doc doc)
{
    if (w->form == NR_FORM_DOCUMENT) return text_value(doc.text);
    if (w->form == NR_FORM_TEXT) return text_value(doc.kind == NR_J_STRING ? nr_doc_unquote(doc.text, w->arena) : doc.text);
    nr_buf key = nr_buf_in(w->arena);
    nr_doc_key(doc, w->arena, &key);
    return text_value(nr_buf_slice(&key));
}

static void transform_and_add(walk *w, const nr_spec *spec, nr_value now)
{
    const nr_path *p = w->path;
    nr_spec of = *spec;
    for (size_t i = 0; i < p->n_transforms && now.kind != NR_V_NULL; i++) {
        now = p->transforms[i]->eval(&of, &now);
        of = i + 1 == p->n_transforms ? p->last : (nr_spec){.type = nr_type_find(nr_slice_of(p->transforms[i]->gives))};
    }
    if (w->form == NR_FORM_TEXT && now.kind != NR_V_NULL) now = text_value(nr_type_text(&of, &now, w->arena));
    nr_vec_push(w->arena, w->out, now);
}

static void go(walk *w, size_t at, const nr_place *place);

static void go_each(walk *w, size_t at, const nr_place *place)
{
    nr_items it = nr_items_in(place->spec, place->spec ? place->value.s : place->doc.text, w->arena);
    nr_place item;
    while (nr_items_next(&it, &item)) go(w, at + 1, &item);
}

/* As deep as the path. */
static void go(walk *w, size_t at, const nr_place *place)
{
    const nr_path *p = w->path;
    bool null = place->spec ? place->value.kind == NR_V_NULL : !place->there;
    if (at == p->n_steps) {
        if (p->free && !p->n_transforms) nr_vec_push(w->arena, w->out, place->there ? free_value(w, place->doc) : NR_NULL);
        else transform_and_add(w, place->spec ? place->spec : &p->last, null ? NR_NULL : place->value);
    } else if (p->steps[at].each) {
        if (!null) go_each(w, at, place);
    } else {
        nr_place found = {0};
        nr_slice text = place->spec ? place->value.s : place->doc.text;
        if (!null) found = nr_container_find(place->spec, text, &p->steps[at].key, 1, w->arena);
        go(w, at + 1, &found);
    }
}

void nr_path_values(const nr_path *p, const nr_value *v, nr_form form, nr_arena *arena, nr_values *out)
{
    walk w = {p, form, arena, out};
    nr_place all = {.there = v->kind != NR_V_NULL, .spec = &p->field->spec, .value = *v};
    if (all.there && (p->n_steps || p->free)) all.doc = nr_doc_at(v->s);
    go(&w, 0, &all);
}

void nr_path_print(const nr_path *p, nr_buf *out)
{
    nr_buf_add(out, p->field->name);
    for (size_t i = 0; i < p->n_steps; i++)
        if (!p->steps[i].each) nr_buf_printf(out, "__%.*s", NR_FMT(p->steps[i].key));
    for (size_t i = 0; i < p->n_transforms; i++) nr_buf_printf(out, "__%s", p->transforms[i]->name);
}

size_t nr_path_split(nr_slice path)
{
    for (size_t i = 1; i + 1 < path.n; i++)
        if (path.p[i] == '_' && path.p[i + 1] == '_') return i;
    return path.n;
}
